"""Know what hosts and applications look like that may be AI tools although no signature names them."""

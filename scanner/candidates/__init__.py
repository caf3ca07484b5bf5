"""Notice hosts and applications that no signature knows and that behave or sound like AI tools."""

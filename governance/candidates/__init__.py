"""Weigh hosts and applications that no signature knows, and keep what people decide about them."""

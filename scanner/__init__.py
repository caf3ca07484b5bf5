"""Collect evidence: read any log, fold it, and find AI tools in it."""

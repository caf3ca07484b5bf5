"""Tests of what helps to write formats, and of recordings."""

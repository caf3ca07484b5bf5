"""The HTTP side: JSON under /api/v1 and the pages, read-only, on the loopback interface."""

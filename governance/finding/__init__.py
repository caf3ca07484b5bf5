"""Look for findings: one module per kind, each with a title, what it means, and a function that finds it."""

"""Hold one module per risk factor: a pure function `points` that reads the inputs with its weights."""

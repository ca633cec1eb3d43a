"""Sources of weights, one module per kind."""

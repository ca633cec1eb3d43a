"""Sources of weights: one file for each kind of source."""

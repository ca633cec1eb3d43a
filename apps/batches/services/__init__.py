"""Writes of the app: a batch is accepted, its items end, it is cancelled, its results expire."""

"""Slow tests, run by `make prove`. The figures are kept in docs/figures.md."""

"""Checks of the source tree, run by `make check`."""

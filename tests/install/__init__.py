"""Tests that the installation of `make run` holds every package that it needs."""

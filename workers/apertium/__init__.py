"""Apertium's translators (GPL programs, each in a process of its own): which there are, and running them."""

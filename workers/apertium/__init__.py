"""Apertium's translators (GPL programs, each in a process of its own): discovery of language pairs, and execution."""

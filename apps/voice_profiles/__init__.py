"""Profiles of voices, an account's own and built-in ones: description, labels, settings of the speech."""

"""Commands for everybody with a key, against the real web process."""

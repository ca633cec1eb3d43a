"""Commands for those who run a platform."""

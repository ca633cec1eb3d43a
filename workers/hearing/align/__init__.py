"""Alignment: the times at which each word of a known text is heard in its audio."""

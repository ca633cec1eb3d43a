"""Provenance of results: which speech is watermarked, and content credentials (C2PA) that say that a file is synthetic and who made it."""

"""Compositions: ordered lines of text, each with its voice and settings, rendered to one file; and texts that were spoken chunk by chunk."""

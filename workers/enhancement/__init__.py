"""Noise suppression, dereverberation and clarity of recordings of speech."""

"""Voices as one ZIP file: a signed manifest, recordings, voice files, demos. Files that are imported are treated as hostile."""

"""Provenance of audio: the inaudible watermark of synthesised speech, and content credentials (C2PA) in files."""

"""Kokoro-82M's runtime: graph surgery, voices as numbers, voice files, likenesses."""

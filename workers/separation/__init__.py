"""Separation of music into stems by Spleeter's networks."""

"""Key, tempo and meter of music, by signal processing alone, in bounded memory."""

from workers.audio.music.analysis import analyze

__all__ = ["analyze"]

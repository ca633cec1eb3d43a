"""Speaker diarization: speaker embeddings of the speech, and from them the speaker of each word."""

from workers.recognition.diarize.encoder import MEMORY_BYTES, load, unload
from workers.recognition.diarize.naming import name_speakers
from workers.recognition.diarize.prints import voice_prints

__all__ = ["MEMORY_BYTES", "load", "name_speakers", "unload", "voice_prints"]

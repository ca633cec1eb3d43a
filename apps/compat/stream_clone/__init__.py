"""Streaming TTS with cloned voices, at the root of the server."""

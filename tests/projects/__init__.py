"""Chunks of texts and projects, through ClonyVoice's API."""

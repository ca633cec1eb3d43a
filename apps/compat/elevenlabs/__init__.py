"""ElevenLabs' API, as its official packages use it."""

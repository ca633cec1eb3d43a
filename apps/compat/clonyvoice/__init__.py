"""ClonyVoice's local API below `/api/`."""

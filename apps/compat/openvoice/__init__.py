"""OpenVoice's tone-colour API below `/api/`."""

"""OpenAI's Realtime API: conversations and transcription over a WebSocket, and client secrets for browsers."""

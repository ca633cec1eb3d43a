"""Deepgram's API: speech to text at /v1/listen, text to speech at /v1/speak, each over HTTP and over a WebSocket."""

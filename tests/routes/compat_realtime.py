"""Rows of apps/compat/realtime/urls.py. The walker has no models, so the answer to valid requests is that none is installed."""

from tests.routes.table import row

ROWS = [
    row("realtime/client_secrets/", "POST", scope="voice:chat", owns=None, body={"session": {"type": "realtime"}}, status=400),
    row("realtime/sessions/", "POST", scope="voice:chat", owns=None, body={"model": "gpt-realtime"}, status=400),
    row("realtime/transcription_sessions/", "POST", scope="stt:transcribe", owns=None, body={}, status=400),
]

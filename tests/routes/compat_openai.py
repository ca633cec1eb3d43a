"""Rows of apps/compat/openai/urls.py."""

from tests.routes.table import row

SPEECH = {"model": "kokoro", "input": "Hello.", "voice": "af_bella"}

UPLOAD = {"model": "whisper-1", "upload_id": "0" * 32}

ROWS = [
    row("audio/models/", "GET", scope="voices:read", owns=None, key="optional"),
    row("audio/voices/", "GET", scope="voices:read", owns=None, key="optional"),
    row("audio/speech/", "POST", scope="tts:generate", owns=None, key="optional", body=SPEECH),
    row("audio/transcriptions/", "POST", scope="stt:transcribe", owns=None, body=UPLOAD, status=400),
    row("audio/translations/", "POST", scope="stt:transcribe", owns=None, body=UPLOAD, status=400),
]

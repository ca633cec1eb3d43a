"""Rows of apps/conversion/urls.py."""

from tests.routes.table import row

UPLOAD = {"upload_id": "0" * 32}

ROWS = [
    row("voice-convert/", "POST", scope="voice:convert", owns=None, body={**UPLOAD, "target_voice": "?"}, status=400),
    row("speech-to-speech/", "POST", scope="voice:convert", owns=None, body={**UPLOAD, "voice": "?"}, status=400),
]

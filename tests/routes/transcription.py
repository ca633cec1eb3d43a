"""Rows of apps/transcription/urls.py."""

from tests.routes.table import row

ROWS = [row("stt/", "POST", scope="stt:transcribe", owns=None, body={"upload_id": "0" * 32}, status=400)]

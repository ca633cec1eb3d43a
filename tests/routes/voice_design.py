"""Rows of apps/voice_design/urls.py."""

from tests.routes.table import row

ROWS = [
    row("voice-design/", "POST", scope="tts:generate", owns=None, body={"description": "?", "preview": False}, status=400),
    row("voice-design/create/", "POST", scope="clone:create", owns=None, body={"description": "?", "name": "Ada"}, status=400),
]

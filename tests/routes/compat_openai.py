"""Rows of apps/compat/openai/urls.py."""

from tests.routes.table import row

SPEECH = {"model": "kokoro", "input": "Hello.", "voice": "af_bella"}

ROWS = [row("audio/speech/", "POST", scope="tts:generate", owns=None, key="optional", body=SPEECH)]

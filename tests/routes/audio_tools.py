"""Rows of apps/audio_tools/urls.py."""

from tests.routes.table import row

PATHS = ("convert", "trim-silence", "normalize", "waveform", "analyze", "enhance", "dereverb", "separate", "diarize", "verify")
ROWS = [row(f"audio/{path}/", "POST", scope="audio:process", owns=None, body={"upload_id": "0" * 32}, status=400) for path in PATHS]

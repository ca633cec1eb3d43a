"""Rows of apps/translation/urls.py."""

from tests.routes.table import row

ROWS = [
    row("speech-translate/", "POST", scope="speech:translate", owns=None, body={"upload_id": "0" * 32, "target_language": "?"}, status=400)
]

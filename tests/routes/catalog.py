"""Rows of apps/catalog/urls.py."""

from tests.routes.table import row

ROWS = [
    row("models/", "GET", scope="voices:read", owns=None, key="optional"),
    row("models/<model_id>/", "GET", scope="voices:read", owns=None, key="optional", at={"model_id": "kokoro"}),
]

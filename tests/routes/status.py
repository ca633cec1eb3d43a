"""Rows of apps/status/urls.py."""

from tests.routes.table import row

ROWS = [
    row("status/", "GET", scope=None, owns=None, key="ignored"),
    row("/webhooks/probe/", "POST", scope=None, owns=None, key="ignored", body={}, status=400),
]

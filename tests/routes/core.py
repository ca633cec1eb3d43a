"""Rows of apps/core/urls.py."""

from tests.routes.table import row

ROWS = [
    row("", "GET", scope=None, owns=None, key="ignored"),
    row("schema/", "GET", scope=None, owns=None, key="ignored"),
]

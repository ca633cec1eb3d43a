"""Rows of apps/compat/clonyvoice/generation_urls.py."""

from tests.routes.table import Row

ROWS: list[Row] = []

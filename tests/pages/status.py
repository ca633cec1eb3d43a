"""Rows of apps/status/page_urls.py."""

from tests.pages.table import file, page

ROWS = [page("status/", access="anybody"), file("status/feed/", access="anybody")]

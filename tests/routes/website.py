"""Row of apps/website/urls.py."""

from tests.routes.table import row

ROWS = [row("/favicon.ico/", "GET", scope=None, owns=None, key="ignored")]

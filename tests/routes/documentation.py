"""Rows of apps/documentation/plain_urls.py."""

from tests.routes.table import row

ROWS = [
    row(path, "GET", scope=None, owns=None, key="ignored") for path in ("/llms.txt/", "/llms-full.txt/", "/robots.txt/", "/sitemap.xml/")
]

"""Rows of apps/website/urls.py."""

from tests.pages.table import file

ROWS = [
    file("docs/", access="anybody"),  # Swagger UI's page, with a policy of its own
]

"""Rows of apps/documentation/urls.py."""

from tests.pages.table import file, page

ROWS = [
    page("docs/", access="anybody"),
    page("docs/search/", access="anybody", query={"q": "voice"}),
    page("docs/<slug>/", access="anybody", at={"slug": "ssml"}),
    page("docs/reference/", access="anybody"),
    page("docs/reference/<slug>/", access="anybody", at={"slug": "speech"}),
    file("docs/openapi.json/", access="anybody"),
    file("docs/openapi.yaml/", access="anybody"),
    file("docs/postman.json/", access="anybody"),
]

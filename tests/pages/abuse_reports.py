"""Rows of apps/abuse_reports/urls.py."""

from tests.pages.table import page

ROWS = [page("report/", access="anybody"), page("report/sent/", access="anybody")]

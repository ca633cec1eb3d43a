"""Rows of apps/payments/webhook_urls.py. Without a signature nothing is accepted: tests/payments/test_events.py."""

from tests.routes.table import row

ROWS = [row("/webhooks/stripe/", "POST", scope=None, owns=None, key="ignored", body={}, status=409)]

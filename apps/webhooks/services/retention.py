"""Retention of deliveries after their end, for inspection and replay."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

KEPT = timedelta(days=30)
AT_ONCE = 5_000

FORGET = """
DELETE FROM webhooks_delivery WHERE uuid IN (SELECT uuid FROM webhooks_delivery WHERE ended_at < %(before)s ORDER BY ended_at LIMIT %(limit)s)
"""


def forget_deliveries() -> int:
    """Delete expired deliveries in batches of some thousands; returns their number."""
    forgotten, count = 0, AT_ONCE
    while count == AT_ONCE:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, {"before": timezone.now() - KEPT, "limit": AT_ONCE})
            count = int(cursor.rowcount)
        forgotten += count
    return forgotten

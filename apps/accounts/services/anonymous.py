"""Daily characters granted to anonymous callers, by address."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from apps.accounts.models import AnonymousUse
from apps.core.errors import TooManyRequestsError

KEPT_DAYS = 2
"""Days for which addresses are stored: they are personal data. One day for the count, one for the operator to inspect it."""

# One statement, so that two requests of one address never both take what is left. The row stays locked to the end of the caller's
# transaction: what fails later in it is not counted.
COUNT = """
INSERT INTO accounts_anonymoususe AS used (block, day, characters)
SELECT %(block)s, %(day)s, %(characters)s WHERE %(characters)s <= %(limit)s
ON CONFLICT (block, day) DO UPDATE SET characters = used.characters + excluded.characters
WHERE used.characters + excluded.characters <= %(limit)s
RETURNING characters
"""


def count_anonymous_characters(block: str, *, characters: int, limit: int, now: datetime | None = None) -> int:
    """Grant characters to an address block for this UTC day, in the caller's transaction; returns the day's sum."""
    now = now or datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"block": block, "day": now.date(), "characters": characters, "limit": limit})
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    raise TooManyRequestsError(
        f"Without a key {limit:,} characters a day are free, and this text would exceed them. Create a key, or retry after midnight UTC.",
        code="daily_characters_exceeded",
        headers={"Retry-After": str(int((midnight - now).total_seconds()) + 1)},
    )


def forget_anonymous_use(*, now: datetime | None = None) -> int:
    """Delete the counts of past days; returns their number."""
    oldest_kept = (now or datetime.now(UTC)).date() - timedelta(days=KEPT_DAYS - 1)
    deleted, _ = AnonymousUse.objects.filter(day__lt=oldest_kept).delete()
    return deleted

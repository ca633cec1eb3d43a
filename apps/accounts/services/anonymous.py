"""Callers without a key: the characters that an address was granted today."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from apps.accounts.models import AnonymousUse
from apps.core.errors import TooManyRequestsError

KEPT_DAYS = 2
"""Addresses are personal data: kept while the count needs them, and one day more for the operator to look."""

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
    """Grant characters to an address block for this UTC day, inside the caller's transaction; the day's sum after it."""
    now = now or datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"block": block, "day": now.date(), "characters": characters, "limit": limit})
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    raise TooManyRequestsError(
        f"Without a key {limit:,} characters a day are free, and this text would exceed them. Make a key, or come back after midnight UTC.",
        code="daily_characters_exceeded",
        headers={"Retry-After": str(int((midnight - now).total_seconds()) + 1)},
    )


def forget_anonymous_use(*, now: datetime | None = None) -> int:
    """Delete the counts of past days; how many were deleted."""
    oldest_kept = (now or datetime.now(UTC)).date() - timedelta(days=KEPT_DAYS - 1)
    deleted, _ = AnonymousUse.objects.filter(day__lt=oldest_kept).delete()
    return deleted

"""Daily characters and daily audio granted to anonymous callers, by address."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from apps.accounts.models import AnonymousUse
from apps.core.errors import TooManyRequestsError

KEPT_DAYS = 2
"""Days for which addresses are stored: they are personal data. One day for the count, one for the operator to inspect it."""

# One statement, so that two requests of one address never both take what is left. The row stays locked to the end of the caller's
# transaction: what fails later in it is not counted.
COUNT = """
INSERT INTO accounts_anonymoususe AS used (block, day, characters, audio_milliseconds)
SELECT %(block)s, %(day)s, %(characters)s, %(audio_milliseconds)s WHERE %({column})s <= %(limit)s
ON CONFLICT (block, day) DO UPDATE SET {column} = used.{column} + excluded.{column}
WHERE used.{column} + excluded.{column} <= %(limit)s
RETURNING {column}
"""
COUNTED = ("characters", "audio_milliseconds")
"""Columns of the day's sums."""


def count_anonymous_characters(block: str, *, characters: int, limit: int, now: datetime | None = None) -> int:
    """Grant characters to an address block for this UTC day, in the caller's transaction; returns the day's sum."""
    now = now or datetime.now(UTC)
    total = _grant(block, "characters", amount=characters, limit=limit, now=now)
    if total is not None:
        return total
    raise TooManyRequestsError(
        f"Without a key {limit:,} characters a day are free, and this text would exceed them. Create a key, or retry after midnight UTC.",
        code="daily_characters_exceeded",
        headers={"Retry-After": _seconds_to_midnight(now)},
    )


def count_anonymous_audio(block: str, *, milliseconds: int, limit_seconds: int, now: datetime | None = None) -> int:
    """Grant audio to an address block for this UTC day, in the caller's transaction; returns the day's milliseconds."""
    now = now or datetime.now(UTC)
    total = _grant(block, "audio_milliseconds", amount=milliseconds, limit=1000 * limit_seconds, now=now)
    if total is not None:
        return total
    raise audio_used_up(limit_seconds, now=now)


def _grant(block: str, column: str, *, amount: int, limit: int, now: datetime) -> int | None:
    """Add an amount to one of COUNTED; the day's sum, or None if it would exceed the limit."""
    amounts = {**dict.fromkeys(COUNTED, 0), column: amount}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(column=column), {"block": block, "day": now.date(), "limit": limit, **amounts})
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def audio_used_up(limit_seconds: int, *, now: datetime) -> TooManyRequestsError:
    """429 for a recording beyond the day's allowance."""
    return TooManyRequestsError(
        f"Without an account {limit_seconds:,} seconds of recordings a day are free, and this one would exceed them. Sign up, or retry after midnight UTC.",
        code="daily_audio_exceeded",
        headers={"Retry-After": _seconds_to_midnight(now)},
    )


def _seconds_to_midnight(now: datetime) -> str:
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return str(int((midnight - now).total_seconds()) + 1)


def forget_anonymous_use(*, now: datetime | None = None) -> int:
    """Delete the counts of past days; returns their number."""
    oldest_kept = (now or datetime.now(UTC)).date() - timedelta(days=KEPT_DAYS - 1)
    deleted, _ = AnonymousUse.objects.filter(day__lt=oldest_kept).delete()
    return deleted

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
    raise TooManyRequestsError(
        f"Without a key {limit:,} characters a day are free, and this text would exceed them. Create a key, or retry after midnight UTC.",
        code="daily_characters_exceeded",
        headers={"Retry-After": _seconds_to_midnight(now)},
    )


COUNT_AUDIO = """
INSERT INTO accounts_anonymoususe AS used (block, day, characters, audio_milliseconds)
SELECT %(block)s, %(day)s, 0, %(milliseconds)s WHERE %(milliseconds)s <= %(limit)s
ON CONFLICT (block, day) DO UPDATE SET audio_milliseconds = used.audio_milliseconds + excluded.audio_milliseconds
WHERE used.audio_milliseconds + excluded.audio_milliseconds <= %(limit)s
RETURNING audio_milliseconds
"""


def count_anonymous_audio(block: str, *, milliseconds: int, limit_seconds: int, now: datetime | None = None) -> int:
    """Grant audio to an address block for this UTC day, in the caller's transaction; returns the day's milliseconds."""
    now = now or datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_AUDIO, {"block": block, "day": now.date(), "milliseconds": milliseconds, "limit": 1000 * limit_seconds})
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    raise audio_used_up(limit_seconds, now=now)


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

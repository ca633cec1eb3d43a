"""Sign-ups of an address block, counted in the database: an attacker does not get new ones by a restart of Valkey."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from apps.core.addresses import address_block, address_site
from apps.core.errors import TooManyRequestsError
from apps.identity.addresses import is_disposable
from apps.identity.models import SignUpCount

KEPT_DAYS: Final = 2
"""Days for which address blocks are stored: they are personal data."""

BLOCKS_OF_A_SITE: Final = 5
"""Blocks of an IPv6 site whose limits it has together: its owner chooses among 65,536."""

# One statement, so that two sign-ups at once never both take the last place.
COUNT: Final = """
INSERT INTO identity_signupcount AS used (block, day, is_disposable, count)
SELECT %(block)s, %(day)s, %(is_disposable)s, 1 WHERE %(limit)s > 0
ON CONFLICT (block, day, is_disposable) DO UPDATE SET count = used.count + 1 WHERE used.count < %(limit)s
RETURNING count
"""


def count_sign_up(*, email: str, address: str, now: datetime | None = None) -> None:
    """Count a sign-up, a further account or a change of the address, with this mail address from this client address. Raises 429 beyond the
    day's limits, of the block and of the site that it belongs to.
    """
    now = now or datetime.now(UTC)
    disposable = is_disposable(email)
    limit = settings.TTSAI_DISPOSABLE_SIGN_UPS_PER_DAY if disposable else settings.TTSAI_SIGN_UPS_PER_DAY
    limits = {address_block(address): limit}
    if (site := address_site(address)) is not None:
        limits[site] = limit * BLOCKS_OF_A_SITE
    with transaction.atomic(), connection.cursor() as cursor:
        for block, most in limits.items():
            values: dict[str, Any] = {"block": block, "day": now.date(), "is_disposable": disposable, "limit": most}
            cursor.execute(COUNT, values)
            if cursor.fetchone() is None:
                raise _refusal(disposable=disposable, limit=limit)  # and nothing is counted


def _refusal(*, disposable: bool, limit: int) -> TooManyRequestsError:
    if disposable and limit == 0:
        return TooManyRequestsError("Addresses of throw-away mailboxes are not accepted. Use another address.", code="disposable_address")
    what = "with addresses of throw-away mailboxes " if disposable else ""
    message = f"There were too many sign-ups {what}from your network today. Try again tomorrow, or ask us for help."
    return TooManyRequestsError(message, code="too_many_sign_ups")


def forget_sign_ups(*, now: datetime | None = None) -> int:
    """Delete the counts of past days; returns their number."""
    oldest_kept = (now or datetime.now(UTC)).date() - timedelta(days=KEPT_DAYS - 1)
    deleted, _ = SignUpCount.objects.filter(day__lt=oldest_kept).delete()
    return deleted

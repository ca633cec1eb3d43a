"""A job's credits: reserved when it is accepted; then settled, or released, exactly once."""

from uuid import UUID

from django.db import connection, transaction

from apps.billing import prices
from apps.billing.selectors import available_millicredits
from apps.billing.services.low_balance import IS_NEWS, THRESHOLD, default_threshold_millicredits, notify_low_balance
from apps.core.errors import InsufficientCreditsError

# Conditional UPDATE and entry in one statement: one round trip, and fifty at once on credits for ten get exactly ten.
RESERVE = f"""
WITH moved AS (
    UPDATE billing_balance SET available_millicredits = available_millicredits - %(amount)s
    WHERE account_id = %(account)s AND available_millicredits >= %(amount)s
    RETURNING account_id, available_millicredits, {IS_NEWS} AS is_news
), entry AS (
    INSERT INTO billing_ledgerentry
        (account_id, kind, amount_millicredits, balance_after_millicredits, job_uuid, reason, actor)
    SELECT account_id, 'reservation', -%(amount)s, available_millicredits, %(job)s, '', '' FROM moved
)
SELECT available_millicredits, is_news FROM moved
"""  # noqa: S608 - of constants

LOCK = "SELECT 1 FROM billing_balance WHERE account_id = %(account)s FOR UPDATE"

# The release gives the whole reservation back and the charge takes the price, so that a job is closed exactly where its release is:
# the unique key (job, release) is what makes a repeat, or a release after a settlement, change nothing.
CLOSE = f"""
WITH moved AS (
    UPDATE billing_balance SET available_millicredits = available_millicredits + %(reserved)s - %(charged)s,
        was_told_low = was_told_low AND available_millicredits + %(reserved)s - %(charged)s < {THRESHOLD}
    WHERE account_id = %(account)s
    AND EXISTS (SELECT 1 FROM billing_ledgerentry WHERE job_uuid = %(job)s AND kind = 'reservation'
                AND account_id = %(account)s AND amount_millicredits = -%(reserved)s)
    AND NOT EXISTS (SELECT 1 FROM billing_ledgerentry WHERE job_uuid = %(job)s AND kind = 'release')
    RETURNING account_id, available_millicredits
)
INSERT INTO billing_ledgerentry
    (account_id, kind, amount_millicredits, balance_after_millicredits, job_uuid, reason, actor)
SELECT account_id, step.kind, step.amount, step.balance_after, %(job)s, '', ''
FROM moved, LATERAL (VALUES
    (1, 'release', %(reserved)s, available_millicredits + %(charged)s),
    (2, 'charge', -%(charged)s, available_millicredits)
) AS step (place, kind, amount, balance_after)
WHERE step.amount <> 0
ORDER BY step.place
"""  # noqa: S608 - of constants

IS_CLOSED = "SELECT 1 FROM billing_ledgerentry WHERE job_uuid = %(job)s AND kind = 'release' AND account_id = %(account)s"


class LedgerError(RuntimeError):
    """Indicates a bug: credits would be released that were never reserved."""


def reserve_credits(account_id: int, *, job_uuid: UUID, amount_millicredits: int) -> int:
    """Subtract the price of a job from the balance; returns the balance. 402 if it does not suffice."""
    if amount_millicredits < 0:
        raise ValueError("a reservation is never negative")
    if amount_millicredits == 0:
        return available_millicredits(account_id)
    with connection.cursor() as cursor:
        low = default_threshold_millicredits()
        cursor.execute(RESERVE, {"account": account_id, "job": job_uuid, "amount": amount_millicredits, "low": low})
        row = cursor.fetchone()
    if row is not None:
        available, is_news = row
        if is_news:
            notify_low_balance(account_id, available_millicredits=available)
        return int(available)
    needed, remaining = prices.credits(amount_millicredits), prices.credits(available_millicredits(account_id))
    raise InsufficientCreditsError(
        f"This needs {needed} credits and {remaining} are left.", extra={"credits_remaining": remaining, "credits_needed": needed}
    )


def settle_credits(account_id: int, *, job_uuid: UUID, reserved_millicredits: int, charged_millicredits: int) -> None:
    """Charge a job, at most what was reserved, and release the rest; idempotent."""
    if not 0 <= charged_millicredits <= reserved_millicredits:
        raise ValueError(f"charging {charged_millicredits} of {reserved_millicredits} reserved millicredits")
    _close(account_id, job_uuid=job_uuid, reserved_millicredits=reserved_millicredits, charged_millicredits=charged_millicredits)


def release_credits(account_id: int, *, job_uuid: UUID, reserved_millicredits: int) -> None:
    """Release all credits of a job that failed or never ran; idempotent, and without effect after a settlement."""
    _close(account_id, job_uuid=job_uuid, reserved_millicredits=reserved_millicredits, charged_millicredits=0)


def _close(account_id: int, *, job_uuid: UUID, reserved_millicredits: int, charged_millicredits: int) -> None:
    if reserved_millicredits == 0:
        return
    values: dict[str, int | UUID] = {
        "account": account_id,
        "job": job_uuid,
        "reserved": reserved_millicredits,
        "charged": charged_millicredits,
        "low": default_threshold_millicredits(),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, values)  # a statement of its own: the next one then sees what a closing at the same time wrote
        cursor.execute(CLOSE, values)
        if cursor.rowcount:
            return
        cursor.execute(IS_CLOSED, values)
        if cursor.fetchone() is None:
            raise LedgerError(f"job {job_uuid} has no reservation of {reserved_millicredits} millicredits in account {account_id}")

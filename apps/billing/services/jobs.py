"""A job's credits: reserved when it is accepted; then settled, or released, exactly once."""

from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from apps.billing import prices
from apps.billing.selectors import available_millicredits
from apps.billing.services.debts import settle_owed
from apps.billing.services.key_caps import MONTH_OF, cap_reached
from apps.billing.services.low_balance import IS_NEWS, THRESHOLD, default_threshold_millicredits, notify_low_balance
from apps.core.errors import InsufficientCreditsError
from apps.core.platform_tasks import send_platform_task

# Conditional UPDATEs and entry in one statement: one round trip, and fifty at once on credits for ten get exactly ten. The balance is locked
# before the key's month, as it is at the end of a job, so that two statements never wait for each other.
RESERVE = f"""
WITH limited AS (
    SELECT COALESCE(first_key_id, id) AS key_id, monthly_cap_millicredits AS cap FROM accounts_apikey WHERE id = %(key)s
), moved AS (
    UPDATE billing_balance SET available_millicredits = available_millicredits - %(amount)s
    WHERE account_id = %(account)s AND available_millicredits >= %(amount)s
    RETURNING account_id, available_millicredits, {IS_NEWS} AS is_news,
        COALESCE(available_millicredits < top_up_below_millicredits
                 AND available_millicredits + %(amount)s >= top_up_below_millicredits, false) AS needs_top_up
), counted AS (
    INSERT INTO accounts_keyspending AS spent (account_id, key_id, month, millicredits)
    SELECT moved.account_id, limited.key_id, {MONTH_OF}, %(amount)s
    FROM moved, limited WHERE limited.cap IS NULL OR %(amount)s <= limited.cap
    ON CONFLICT (key_id, month) DO UPDATE SET millicredits = spent.millicredits + excluded.millicredits
    WHERE (SELECT cap IS NULL FROM limited) OR spent.millicredits + excluded.millicredits <= (SELECT cap FROM limited)
    RETURNING key_id
), entry AS (
    INSERT INTO billing_ledgerentry
        (account_id, kind, amount_millicredits, balance_after_millicredits, job_uuid, key_id, reason, actor)
    SELECT account_id, 'reservation', -%(amount)s, available_millicredits, %(job)s, (SELECT key_id FROM counted), '', '' FROM moved
    WHERE NOT EXISTS (SELECT 1 FROM limited) OR EXISTS (SELECT 1 FROM counted)
)
SELECT available_millicredits, is_news, needs_top_up, EXISTS (SELECT 1 FROM limited) AND NOT EXISTS (SELECT 1 FROM counted) FROM moved
""".replace("{created}", "STATEMENT_TIMESTAMP()")  # noqa: S608 - of constants

PUT_BACK = "UPDATE billing_balance SET available_millicredits = available_millicredits + %(amount)s WHERE account_id = %(account)s"

LOCK = "SELECT has_debt FROM billing_balance WHERE account_id = %(account)s FOR UPDATE"

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
), uncounted AS (
    UPDATE accounts_keyspending spent SET millicredits = spent.millicredits - (%(reserved)s - %(charged)s)
    FROM billing_ledgerentry entry, moved
    WHERE entry.job_uuid = %(job)s AND entry.kind = 'reservation' AND %(reserved)s > %(charged)s
    AND spent.key_id = entry.key_id AND spent.month = {MONTH_OF}
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
""".replace("{created}", "entry.created_at")  # noqa: S608 - of constants

IS_CLOSED = "SELECT 1 FROM billing_ledgerentry WHERE job_uuid = %(job)s AND kind = 'release' AND account_id = %(account)s"


TOP_UP: Final = "platform.top_up_balance"
"""Task (account id) of an app above that buys credits automatically; asked for when a reservation crosses the threshold."""


class LedgerError(RuntimeError):
    """Indicates a bug: credits would be released that were never reserved."""


def reserve_credits(account_id: int, *, job_uuid: UUID, amount_millicredits: int, key_id: int | None = None) -> int:
    """Subtract the price of a job from the balance, and count it as spent by the key; returns the balance.

    402 insufficient_credits if the balance does not suffice, 402 key_cap_reached if the key's cap of the month does not; nothing is written
    then.
    """
    if amount_millicredits < 0:
        raise ValueError("a reservation is never negative")
    if amount_millicredits == 0:
        return available_millicredits(account_id)
    values: dict[str, int | UUID | None] = {
        "account": account_id,
        "job": job_uuid,
        "amount": amount_millicredits,
        "key": key_id,
        "low": default_threshold_millicredits(),
    }
    with connection.cursor() as cursor:
        cursor.execute(RESERVE, values)
        row = cursor.fetchone()
        if row is None:
            raise _insufficient(account_id, amount_millicredits=amount_millicredits)
        available, is_news, needs_top_up, is_capped = row
        if is_capped and key_id is not None:
            cursor.execute(PUT_BACK, values)
            raise cap_reached(key_id, amount_millicredits=amount_millicredits)
    if is_news:
        notify_low_balance(account_id, available_millicredits=available)
    if needs_top_up:
        transaction.on_commit(partial(send_platform_task, TOP_UP, account_id))
    return int(available)


def _insufficient(account_id: int, *, amount_millicredits: int) -> InsufficientCreditsError:
    needed, remaining = prices.credits(amount_millicredits), prices.credits(available_millicredits(account_id))
    return InsufficientCreditsError(
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
        row = cursor.fetchone()
        cursor.execute(CLOSE, values)
        if cursor.rowcount:
            if row is not None and row[0]:
                settle_owed(account_id)
            return
        cursor.execute(IS_CLOSED, values)
        if cursor.fetchone() is None:
            raise LedgerError(f"job {job_uuid} has no reservation of {reserved_millicredits} millicredits in account {account_id}")

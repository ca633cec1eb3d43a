"""Credits from other sources than jobs: bonuses, purchases, adjustments by an operator."""

from uuid import UUID

from django.db import connection, transaction

from apps.billing.models import Balance, EntryKind, LedgerEntry
from apps.billing.services.debts import settle_owed
from apps.billing.services.key_caps import uncount_spending
from apps.billing.services.low_balance import IS_NEWS, THRESHOLD, default_threshold_millicredits, notify_low_balance
from apps.core.errors import ConflictError, InvalidRequestError

GRANT = f"""
WITH moved AS (
    UPDATE billing_balance SET available_millicredits = available_millicredits + %(amount)s,
        was_told_low = was_told_low AND available_millicredits + %(amount)s < {THRESHOLD}
    WHERE account_id = %(account)s AND available_millicredits + %(amount)s >= 0
    RETURNING account_id, available_millicredits, {IS_NEWS} AS is_news
), entry AS (
    INSERT INTO billing_ledgerentry
        (account_id, kind, amount_millicredits, balance_after_millicredits, external_ref, reason, actor)
    SELECT account_id, %(kind)s, %(amount)s, available_millicredits, %(external_ref)s, %(reason)s, %(actor)s FROM moved
)
SELECT available_millicredits, is_news FROM moved
"""  # noqa: S608 - of constants
GRANTS = frozenset({EntryKind.BONUS, EntryKind.PURCHASE, EntryKind.ADJUSTMENT, EntryKind.SUBSCRIPTION, EntryKind.REFUND, EntryKind.DISPUTE})
"""Kinds that add credits. A refund or a dispute adds them when it failed or was won."""
TAKINGS = frozenset({EntryKind.REFUND, EntryKind.DISPUTE, EntryKind.DEBT})

LOCK = "SELECT available_millicredits FROM billing_balance WHERE account_id = %s FOR UPDATE"


def grant_credits(
    account_id: int,
    *,
    amount_millicredits: int,
    kind: str,
    reason: str,
    actor: str,
    external_ref: str | None = None,
    refunded_job: UUID | None = None,
) -> int:
    """Add credits, or subtract them for a negative adjustment; returns the balance. Deduplicated by external_ref.

    A refund of a job is subtracted from the spending of its key.
    """
    if amount_millicredits == 0:
        raise InvalidRequestError("The amount is zero.", param="credits")
    if kind not in GRANTS or (amount_millicredits < 0 and kind != EntryKind.ADJUSTMENT):
        raise ValueError(f"{amount_millicredits} millicredits of kind {kind} is no grant")
    if not reason or not actor:
        raise ValueError("a grant says why and by whom")
    with transaction.atomic():
        earlier = _find_earlier(account_id, external_ref=external_ref)
        if earlier is not None:
            return earlier.balance_after_millicredits
        Balance.objects.get_or_create(account_id=account_id)
        available = _move(
            account_id, amount_millicredits=amount_millicredits, kind=kind, reason=reason, actor=actor, external_ref=external_ref
        )
        if refunded_job is not None:
            uncount_spending(refunded_job, amount_millicredits=amount_millicredits)
            if Balance.objects.filter(account_id=account_id, has_debt=True).exists():
                available -= settle_owed(account_id)
        return available


def take_credits(account_id: int, *, amount_millicredits: int, kind: str, reason: str, actor: str, external_ref: str) -> int:
    """Subtract an amount, or what there is of it; returns what was taken. Deduplicated by external_ref."""
    if amount_millicredits <= 0 or kind not in TAKINGS or not reason or not actor:
        raise ValueError(f"{amount_millicredits} millicredits of kind {kind} cannot be taken")
    with transaction.atomic():
        earlier = _find_earlier(account_id, external_ref=external_ref)
        if earlier is not None:
            return -earlier.amount_millicredits
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [account_id])
            row = cursor.fetchone()
        taken = min(amount_millicredits, 0 if row is None else int(row[0]))
        if taken:
            _move(account_id, amount_millicredits=-taken, kind=kind, reason=reason, actor=actor, external_ref=external_ref)
        return taken


def _move(account_id: int, *, amount_millicredits: int, kind: str, reason: str, actor: str, external_ref: str | None) -> int:
    """Change the balance and append the entry; returns the balance. 409 balance_too_low."""
    values: dict[str, int | str | None] = {
        "account": account_id,
        "amount": amount_millicredits,
        "kind": kind,
        "external_ref": external_ref,
        "reason": reason,
        "actor": actor,
        "low": default_threshold_millicredits(),
    }
    with connection.cursor() as cursor:
        cursor.execute(GRANT, values)
        row = cursor.fetchone()
    if row is None:
        raise ConflictError("The account has less than that: a balance never goes below zero.", code="balance_too_low")
    available, is_news = row
    if is_news and amount_millicredits < 0:
        notify_low_balance(account_id, available_millicredits=available)
    return int(available)


def _find_earlier(account_id: int, *, external_ref: str | None) -> LedgerEntry | None:
    if external_ref is None:
        return None
    with connection.cursor() as cursor:  # two deliveries of one payment wait for each other here
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"external_ref:{external_ref}"])
    earlier = LedgerEntry.objects.filter(external_ref=external_ref).first()
    if earlier is not None and earlier.account_id != account_id:
        raise ConflictError("This payment was counted for another account.", code="payment_of_another_account")
    return earlier

"""Spending caps of keys: thousandths of a credit in a month of UTC."""

from typing import Final
from uuid import UUID

from django.db import connection

from apps.accounts.models import ApiKey
from apps.accounts.selectors import add_spending, spending_month
from apps.billing import prices
from apps.core.errors import KeyCapReachedError

MONTH_OF: Final = "date_trunc('month', {created} AT TIME ZONE 'UTC')::date"
"""SQL of the month in which an entry counts; `{created}` is replaced by the time of the entry."""

UNCOUNT = f"""
UPDATE accounts_keyspending spent SET millicredits = spent.millicredits - %(amount)s FROM billing_ledgerentry entry
WHERE entry.job_uuid = %(job)s AND entry.kind = 'reservation' AND spent.key_id = entry.key_id AND spent.month = {MONTH_OF}
""".replace("{created}", "entry.created_at")  # noqa: S608 - of constants


def cap_reached(key_id: int, *, amount_millicredits: int) -> KeyCapReachedError:
    """402 of a key whose cap does not cover the price."""
    [key] = add_spending(ApiKey.objects.filter(pk=key_id))
    cap = key.monthly_cap_millicredits or 0
    remaining = prices.credits(max(0, cap - key.spent_millicredits))  # type: ignore[attr-defined]
    needed, month = prices.credits(amount_millicredits), spending_month()
    following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return KeyCapReachedError(
        f"The key {key.prefix}… may spend {prices.credits(cap)} credits in a month: {remaining} are left and this needs {needed}. "
        f"The cap begins anew on {following.isoformat()} (UTC). Raise it with PATCH /v1/keys/{key.pk}/ or use another key.",
        extra={"credits_remaining": remaining, "credits_needed": needed},
    )


def uncount_spending(job_uuid: UUID, *, amount_millicredits: int) -> None:
    """Subtract the refund of a job from what its key spent in the month of the reservation."""
    with connection.cursor() as cursor:
        cursor.execute(UNCOUNT, {"job": job_uuid, "amount": amount_millicredits})

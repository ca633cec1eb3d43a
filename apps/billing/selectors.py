"""Read operations on the ledger: available credits, reconciliation."""

from dataclasses import dataclass

from django.db import connection

from apps.billing.models import Balance


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """Account whose balance differs from the sum of its entries; there must be none."""

    account_id: int
    available_millicredits: int
    entries_millicredits: int


DIFFERENCES = """
SELECT account_id, COALESCE(balance.available_millicredits, 0), COALESCE(entries.sum, 0)
FROM billing_balance balance
FULL JOIN (SELECT account_id, SUM(amount_millicredits)::bigint AS sum FROM billing_ledgerentry GROUP BY account_id) entries
USING (account_id)
WHERE COALESCE(balance.available_millicredits, 0) <> COALESCE(entries.sum, 0)
ORDER BY account_id
"""


def available_millicredits(account_id: int) -> int:
    """Available thousandths of a credit, without the reservations of running jobs."""
    return Balance.objects.filter(account_id=account_id).values_list("available_millicredits", flat=True).first() or 0


def read_low_threshold(account_id: int) -> int | None:
    """The account's own threshold of low credits in thousandths of a credit; None if it has none."""
    return Balance.objects.filter(account_id=account_id).values_list("low_threshold_millicredits", flat=True).first()


def ledger_differences() -> list[LedgerDifference]:
    """Accounts whose balance and entries disagree, read in one statement and so at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [LedgerDifference(*row) for row in cursor.fetchall()]

"""Credits that are owed: a refund or a dispute could not take them, since they were spent or reserved."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.billing.models import Balance, EntryKind
from apps.billing.services import take_credits
from apps.payments.models import CreditDebt, Payment

ACTOR: Final = "stripe"


def settle_debts(account_id: int) -> int:
    """Settle open debts from the balance, oldest first; returns the thousandths of a credit that were taken.

    Called for every purchase, and as TTSAI_CREDIT_RETURN_HOOK for credits that a job gives back.
    """
    settled = 0
    with transaction.atomic():
        for debt in _open_debts(account_id):
            taken = take_credits(
                account_id,
                amount_millicredits=debt.open_millicredits,
                kind=EntryKind.DEBT,
                reason=f"Owed since {debt.created_at:%Y-%m-%d} for the reversed payment {debt.payment.reference}",
                actor=ACTOR,
                external_ref=f"debt:{debt.pk}:{debt.settled_millicredits}",
            )
            settled += taken
            debt.settled_millicredits += taken
            _store(debt)
            if debt.settled_at is None:
                break
        _mark(account_id)
    return settled


def add_debt(payment: Payment, *, millicredits: int) -> None:
    """Record that the account owes credits of the payment; what its jobs give back settles them."""
    CreditDebt.objects.create(account_id=payment.account_id, payment=payment, owed_millicredits=millicredits)
    Balance.objects.get_or_create(account_id=payment.account_id)
    _mark(payment.account_id)


def cancel_debts(payment: Payment, *, at_most: int) -> int:
    """Cancel what is owed for the payment; returns the thousandths of a credit that are no longer owed."""
    rest = at_most
    for debt in _open_debts(payment.account_id):
        if debt.payment_id == payment.pk:
            cancelled = min(rest, debt.open_millicredits)
            debt.owed_millicredits -= cancelled
            rest -= cancelled
            _store(debt)
    _mark(payment.account_id)
    return at_most - rest


def _open_debts(account_id: int) -> list[CreditDebt]:
    """Open debts, locked after the balance, as a job's end locks them."""
    list(Balance.objects.select_for_update().filter(account_id=account_id).values_list("pk"))
    found = CreditDebt.objects.select_for_update(of=("self",)).select_related("payment")
    return list(found.filter(account_id=account_id, settled_at=None).order_by("pk"))


def _store(debt: CreditDebt) -> None:
    if debt.open_millicredits == 0:
        debt.settled_at = timezone.now()
    debt.save(update_fields=["owed_millicredits", "settled_millicredits", "settled_at"])


def _mark(account_id: int) -> None:
    has_debt = CreditDebt.objects.filter(account_id=account_id, settled_at=None).exists()
    Balance.objects.filter(account_id=account_id).exclude(has_debt=has_debt).update(has_debt=has_debt)

"""Credits of payments: granted once, taken back for refunds and disputes, owed where they were spent already."""

from datetime import datetime

from django.db import transaction

from apps.billing.models import EntryKind
from apps.billing.services import grant_credits, take_credits
from apps.payments.models import Payment, PaymentKind
from apps.payments.services.debts import ACTOR, add_debt, cancel_debts, settle_debts
from apps.payments.services.top_up_switch import stop_after_reversal


def record_payment(
    account_id: int,
    *,
    kind: PaymentKind,
    reference: str,
    amount_minor: int,
    currency: str,
    millicredits: int,
    description: str,
    paid_at: datetime,
    payment_intent: str = "",
    invoice: str = "",
) -> bool:
    """Store a payment and grant its credits, once for each reference; False if it was there. Open debts are settled first.

    Negative credits, of an invoice that gives money for a former plan back, are taken, and owed where they were spent.
    """
    with transaction.atomic():
        payment, is_new = Payment.objects.get_or_create(
            reference=reference,
            defaults={
                "account_id": account_id,
                "kind": kind,
                "stripe_payment_intent": payment_intent,
                "stripe_invoice": invoice,
                "description": description[:200],
                "amount_minor": amount_minor,
                "currency": currency,
                "granted_millicredits": max(0, millicredits),
                "paid_at": paid_at,
            },
        )
        if not is_new:
            return False
        if millicredits < 0:
            payment.reversed_millicredits, payment.reversal_count = -millicredits, 1
            payment.save(update_fields=["reversed_millicredits", "reversal_count"])
            _take_back(payment, kind=EntryKind.REFUND, millicredits=-millicredits)
        elif millicredits:
            entry = EntryKind.SUBSCRIPTION if kind == PaymentKind.SUBSCRIPTION else EntryKind.PURCHASE
            grant_credits(
                account_id, amount_millicredits=millicredits, kind=entry, reason=payment.description, actor=ACTOR, external_ref=reference
            )
            settle_debts(account_id)
    return True


def apply_reversals(payment_id: int, *, refunded_minor: int, disputed_minor: int) -> int:
    """Take back, or give back, credits in proportion to what is refunded or disputed now; returns the change in thousandths of a credit.

    Applying the same amounts again changes nothing, so the order of events does not matter. What the balance lacks becomes a debt.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        is_dispute = disputed_minor != payment.disputed_minor
        payment.refunded_minor, payment.disputed_minor = refunded_minor, disputed_minor
        change = _reversed_share(payment) - payment.reversed_millicredits if payment.granted_millicredits else 0
        if change:
            payment.reversed_millicredits += change
            payment.reversal_count += 1
            kind = EntryKind.DISPUTE if is_dispute else EntryKind.REFUND
            if change > 0:
                _take_back(payment, kind=kind, millicredits=change)
                stop_after_reversal(payment, is_dispute=is_dispute)
            else:
                _give_back(payment, kind=kind, millicredits=-change)
        payment.save(update_fields=["refunded_minor", "disputed_minor", "reversed_millicredits", "reversal_count"])
    return change


def _reversed_share(payment: Payment) -> int:
    """Credits that belong to the reversed part of the amount: all of them for all of it, rounded down otherwise."""
    if payment.amount_minor <= 0:
        return 0
    part = min(payment.amount_minor, payment.refunded_minor + payment.disputed_minor)
    return payment.granted_millicredits * part // payment.amount_minor


def _take_back(payment: Payment, *, kind: EntryKind, millicredits: int) -> None:
    taken = take_credits(
        payment.account_id,
        amount_millicredits=millicredits,
        kind=kind,
        reason=f"{kind.label} of {payment.description}"[:300],
        actor=ACTOR,
        external_ref=_reversal_ref(payment),
    )
    if taken < millicredits:
        add_debt(payment, millicredits=millicredits - taken)


def _give_back(payment: Payment, *, kind: EntryKind, millicredits: int) -> None:
    """Cancel what is still owed for the payment, and grant the rest: a dispute was won, or a refund failed."""
    rest = millicredits - cancel_debts(payment, at_most=millicredits)
    if rest:
        grant_credits(
            payment.account_id,
            amount_millicredits=rest,
            kind=kind,
            reason=f"{kind.label} of {payment.description} ended: given back"[:300],
            actor=ACTOR,
            external_ref=_reversal_ref(payment),
        )
        settle_debts(payment.account_id)


def _reversal_ref(payment: Payment) -> str:
    return f"{payment.reference}:reversal-{payment.reversal_count}"

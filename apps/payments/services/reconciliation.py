"""Nightly reconciliation: every customer, subscription and recent charge at Stripe against our rows, and our rows against the ledger.

What can be repaired is repaired by the same functions that events use; what cannot is a row that the operator sees, with an error in the log.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from apps.accounts.models import AccountStatus
from apps.core.errors import ApplicationError, UnavailableError
from apps.payments.client import as_dict, has_payments, id_of, stripe_call
from apps.payments.models import Customer, Difference, EventState, Payment, StripeEvent, Subscription
from apps.payments.services.entitlements import apply_entitlement
from apps.payments.services.subscriptions import end_subscriptions
from apps.payments.services.syncing import account_of, find_or_sync_payment, moment, sync_charge, sync_invoice, sync_subscription
from apps.payments.services.top_ups import sync_top_up

logger = logging.getLogger(__name__)

LOOK_BACK: Final = timedelta(days=40)
"""Charges and invoices that are compared: those of the last billing period. Disputes of older ones come by events."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Difference found in this run."""

    kind: str
    object_id: str
    message: str
    account_id: int | None = None
    is_repaired: bool = False


LEDGER: Final = """
SELECT payment.id, payment.account_id, payment.reference, payment.granted_millicredits, COALESCE(entry.amount_millicredits, 0),
       payment.reversed_millicredits, COALESCE(-reversal.sum, 0) + COALESCE(debt.sum, 0)
FROM payments_payment payment
LEFT JOIN billing_ledgerentry entry ON entry.external_ref = payment.reference AND entry.account_id = payment.account_id
LEFT JOIN LATERAL (
    SELECT SUM(amount_millicredits)::bigint AS sum FROM billing_ledgerentry
    WHERE payment.reversal_count > 0 AND account_id = payment.account_id AND kind IN ('refund', 'dispute')
    AND external_ref LIKE payment.reference || ':reversal-%%'
) reversal ON true
LEFT JOIN LATERAL (SELECT SUM(owed_millicredits)::bigint AS sum FROM payments_creditdebt WHERE payment_id = payment.id) debt ON true
WHERE payment.granted_millicredits <> COALESCE(entry.amount_millicredits, 0)
OR payment.reversed_millicredits <> COALESCE(-reversal.sum, 0) + COALESCE(debt.sum, 0)
"""


def reconcile(*, now: datetime | None = None) -> list[Finding]:
    """Compare, repair, and store the differences; those that are no longer found are resolved. 503 if Stripe does not answer."""
    now = now or timezone.now()
    found = [*_events(now), *_ledger()]
    if has_payments():
        found += [
            *_subscriptions(),
            *_closed_accounts(),
            *_invoices(now - LOOK_BACK),
            *_charges(now - LOOK_BACK),
            *_lost_payments(now - LOOK_BACK),
        ]
    _store(found, now=now, is_complete=has_payments())
    return found


def _subscriptions() -> Iterator[Finding]:
    """Subscriptions of each customer as Stripe has them, stored anew where a row differs."""
    for customer in Customer.objects.filter(deleted_at=None).order_by("pk").iterator():
        before = {row.stripe_id: _state(row) for row in Subscription.objects.filter(account_id=customer.account_id)}
        with stripe_call() as client:
            found = [one.id for one in client.v1.subscriptions.list({"customer": customer.stripe_id, "status": "all"}).auto_paging_iter()]
        for stripe_id in found:
            row = sync_subscription(stripe_id, account_id=customer.account_id)
            if row is not None and before.get(stripe_id) != _state(row):
                text = f"Subscription {stripe_id} was {before.get(stripe_id) or 'not stored'} here and is {_state(row)} at Stripe."
                yield Finding("subscription", stripe_id, text, customer.account_id, is_repaired=True)
            if row is not None and row.plan is None and row.is_live:
                text = f"Subscription {stripe_id} has the price {row.stripe_price}, which no plan has."
                yield Finding("unknown_price", stripe_id, text, customer.account_id)
        live = Subscription.objects.filter(
            account_id=customer.account_id, stripe_id__in=found, status__in=("active", "trialing", "past_due")
        )
        if live.count() > 1:
            yield Finding(
                "two_subscriptions", customer.stripe_id, f"{customer.stripe_id} has {live.count()} live subscriptions.", customer.account_id
            )
        apply_entitlement(customer.account_id)


def _closed_accounts() -> Iterator[Finding]:
    """Subscriptions of closed accounts: cancelled now."""
    for customer in Customer.objects.filter(deleted_at=None, account__status=AccountStatus.CLOSED).select_related("account"):
        if end_subscriptions(customer.account):
            text = f"Account {customer.account_id} is closed and had a subscription, which is cancelled now."
            yield Finding("closed_account", customer.stripe_id, text, customer.account_id, is_repaired=True)


def _invoices(since: datetime) -> Iterator[Finding]:
    """Paid invoices of subscriptions without a payment here."""
    with stripe_call() as client:
        listed = client.v1.invoices.list({"created": {"gte": int(since.timestamp())}, "status": "paid", "limit": 100})
        invoices = [as_dict(one) for one in listed.auto_paging_iter()]
    known = set(Payment.objects.filter(reference__in=[one["id"] for one in invoices]).values_list("reference", flat=True))
    for invoice in invoices:
        account_id = account_of(invoice.get("customer"))
        if account_id is None or invoice["id"] in known or not sync_invoice(invoice["id"], account_id=account_id):
            continue
        if Payment.objects.filter(reference=invoice["id"]).exists():
            text = f"Invoice {invoice['id']} was paid and its credits were missing."
            yield Finding("missing_payment", invoice["id"], text, account_id, is_repaired=True)


def _charges(since: datetime) -> Iterator[Finding]:
    """Charges of our customers: each has a payment here, with the same refunds and disputes."""
    with stripe_call() as client:
        listed = client.v1.charges.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        charges = [as_dict(one) for one in listed.auto_paging_iter()]
    for charge in charges:
        account_id, intent = account_of(charge.get("customer")), id_of(charge.get("payment_intent"))
        if account_id is not None and charge["status"] == "succeeded" and intent:
            yield from _compare_charge(charge, intent=intent, account_id=account_id)


def _compare_charge(charge: dict[str, Any], *, intent: str, account_id: int) -> Iterator[Finding]:
    was_known = Payment.objects.filter(stripe_payment_intent=intent).exists()
    payment = find_or_sync_payment(intent, account_id=account_id)
    if payment is None:
        sync_top_up(intent)
        payment = Payment.objects.filter(stripe_payment_intent=intent).first()
    if payment is None:
        text = f"Charge {charge['id']} of {moment(charge['created']):%Y-%m-%d} belongs to no pack, invoice or top-up of ours."
        yield Finding("unknown_charge", charge["id"], text, account_id)
        return
    if not was_known:
        text = f"Charge {charge['id']} was paid and its credits were missing."
        yield Finding("missing_payment", charge["id"], text, account_id, is_repaired=True)
    before = payment.reversed_millicredits
    sync_charge(charge["id"], account_id=account_id)
    payment.refresh_from_db()
    if payment.reversed_millicredits != before:
        text = f"Refunds and disputes of charge {charge['id']} had not been applied."
        yield Finding("missing_reversal", charge["id"], text, account_id, is_repaired=True)


def _lost_payments(since: datetime) -> Iterator[Finding]:
    """Payments here that Stripe does not know as paid."""
    for payment in Payment.objects.filter(paid_at__gte=since).exclude(stripe_payment_intent="").order_by("pk").iterator():
        try:
            with stripe_call() as client:
                status = client.v1.payment_intents.retrieve(payment.stripe_payment_intent).status
        except UnavailableError:
            raise
        except ApplicationError:
            status = "missing"
        if status != "succeeded":
            text = f"Payment {payment.reference} gave credits here, and is {status} at Stripe."
            yield Finding("lost_payment", payment.reference, text, payment.account_id)


def _ledger() -> Iterator[Finding]:
    """Payments whose credits, or what was taken back of them, differ from the ledger's entries."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER)
        rows = cursor.fetchall()
    for _, account_id, reference, granted, entered, reversed_, taken in rows:
        text = (
            f"Payment {reference}: {granted} millicredits granted, {entered} in the ledger; {reversed_} taken back, {taken} in the ledger."
        )
        yield Finding("ledger", reference, text, account_id)


def _events(now: datetime) -> Iterator[Finding]:
    """Events that no attempt could process."""
    for event in StripeEvent.objects.filter(state=EventState.FAILED, received_at__gte=now - LOOK_BACK):
        yield Finding("failed_event", event.stripe_id, f"Event {event.stripe_id} ({event.type}) failed: {event.error}"[:500])


def _state(row: Subscription) -> str:
    return f"{row.status} on {row.stripe_price}" + (", cancelled" if row.cancels_at_period_end else "")


def _store(found: list[Finding], *, now: datetime, is_complete: bool) -> None:
    for one in found:
        values = {"message": one.message[:500], "account_id": one.account_id, "is_repaired": one.is_repaired}
        resolved_at = now if one.is_repaired else None
        row, is_new = Difference.objects.get_or_create(
            kind=one.kind, object_id=one.object_id, resolved_at=resolved_at, defaults={**values, "found_at": now}
        )
        if is_new and not one.is_repaired:
            logger.error("payments: %s", one.message)
        if not is_new:
            Difference.objects.filter(pk=row.pk).update(**values)
    if is_complete:
        open_now = {(one.kind, one.object_id) for one in found if not one.is_repaired}
        for row in Difference.objects.filter(resolved_at=None):
            if (row.kind, row.object_id) not in open_now:
                Difference.objects.filter(pk=row.pk).update(resolved_at=now)

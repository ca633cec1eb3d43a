"""Objects of Stripe as they are now, brought into our rows: whatever event, page or nightly check asks for it, in any order and any number.

Each function reads the object and applies it in the account's turn, so that the newest answer is the last one applied.
"""

from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils import timezone

from apps.payments.client import as_dict, id_of, stripe_call
from apps.payments.models import Customer, Interval, Payment, PaymentKind, Subscription
from apps.payments.selectors import find_offer_of_price
from apps.payments.services.credits import apply_reversals, record_payment
from apps.payments.services.entitlements import apply_entitlement
from apps.payments.services.notices import notify_about_money
from apps.payments.services.turns import account_turn

WITHDRAWN: Final = frozenset({"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"})
"""Statuses of disputes whose amount Stripe holds or has given back to the cardholder. Inquiries (warning_…) have not moved money yet."""
PAID: Final = frozenset({"paid", "no_payment_required"})


def account_of(customer: Any) -> int | None:
    """Account of a customer, given as an id or as an object; None for customers of other programs."""
    return Customer.objects.filter(stripe_id=id_of(customer)).values_list("account_id", flat=True).first()


def sync_checkout(session_id: str, *, account_id: int | None = None) -> bool:
    """Grant the pack of a paid checkout, or store the subscription that it started; True if it is paid."""
    account_id = account_id or account_of(_checkout(session_id).get("customer"))
    if account_id is None:
        return False
    with account_turn(account_id):
        session = _checkout(session_id)
        if account_of(session.get("customer")) != account_id:
            return False
        is_paid = session["status"] == "complete" and session["payment_status"] in PAID
        if session["mode"] == "payment" and is_paid:
            _record_pack(account_id, session)
        if session["mode"] == "subscription" and session.get("invoice"):
            sync_invoice(id_of(session["invoice"]), account_id=account_id)
        elif session["mode"] == "subscription" and session.get("subscription"):
            sync_subscription(id_of(session["subscription"]), account_id=account_id)
    return is_paid


def sync_invoice(invoice_id: str, *, account_id: int | None = None) -> bool:
    """Grant the credits of a paid invoice of a subscription, and store the subscription; True if the invoice is paid."""
    account_id = account_id or account_of(_invoice(invoice_id).get("customer"))
    if account_id is None:
        return False
    with account_turn(account_id):
        invoice = _invoice(invoice_id)
        if account_of(invoice.get("customer")) != account_id:
            return False
        subscription = subscription_of(invoice)
        is_paid = bool(invoice["status"] == "paid")
        if subscription and is_paid:
            _record_invoice(account_id, invoice)
        if subscription:
            sync_subscription(subscription, account_id=account_id)
    return is_paid


def sync_subscription(subscription_id: str, *, account_id: int | None = None) -> Subscription | None:
    """Store the subscription and put the account on its plan; None for one of another program."""
    account_id = account_id or account_of(_subscription(subscription_id)["customer"])
    if account_id is None:
        return None
    with account_turn(account_id):
        found = _subscription(subscription_id)
        if account_of(found["customer"]) != account_id:
            return None
        row = _store_subscription(account_id, found)
        apply_entitlement(account_id)
    return row


def sync_charge(charge_id: str, *, account_id: int | None = None) -> bool:
    """Take back or give back the credits of a charge that was refunded or disputed; False if no payment of ours belongs to it."""
    account_id = account_id or account_of(_charge(charge_id).get("customer"))
    if account_id is None:
        return False
    with account_turn(account_id):
        charge = _charge(charge_id)
        payment = find_or_sync_payment(id_of(charge.get("payment_intent")), account_id=account_id)
        if payment is None or payment.account_id != account_id:
            return False
        disputed, lost = _disputed_minor(charge)
        apply_reversals(payment.pk, refunded_minor=charge["amount_refunded"], disputed_minor=disputed)
        if payment.kind == PaymentKind.SUBSCRIPTION and charge["amount_refunded"] + lost >= charge["amount"]:
            _withdraw(payment)
    return True


def find_or_sync_payment(payment_intent: str, *, account_id: int) -> Payment | None:
    """Our payment of a payment intent; if its own event has not been processed yet, it is recorded now."""
    if not payment_intent:
        return None
    payment = Payment.objects.filter(stripe_payment_intent=payment_intent).first()
    if payment is None and _sync_origin(payment_intent, account_id=account_id):
        payment = Payment.objects.filter(stripe_payment_intent=payment_intent).first()
    return payment


def subscription_of(invoice: dict[str, Any]) -> str:
    """Id of the subscription that an invoice belongs to; empty for other invoices."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return id_of(details.get("subscription"))


def _store_subscription(account_id: int, found: dict[str, Any]) -> Subscription:
    item = found["items"]["data"][0]
    price = item["price"]
    offer, interval = find_offer_of_price(price["id"], id_of(price["product"]))
    earlier = Subscription.objects.filter(stripe_id=found["id"]).first()
    since = (earlier and earlier.past_due_since) or timezone.now()
    row, _ = Subscription.objects.update_or_create(
        stripe_id=found["id"],
        defaults={
            "account_id": account_id,
            "status": found["status"],
            "plan": offer.plan if offer else None,
            "interval": interval or (price.get("recurring") or {}).get("interval", Interval.MONTH),
            "stripe_price": price["id"],
            "period_end": moment(item["current_period_end"]),
            "cancels_at_period_end": bool(found["cancel_at_period_end"]),
            "has_pending_update": bool(found.get("pending_update")),
            "past_due_since": since if found["status"] == "past_due" else None,
            "started_at": moment(found["created"]),
            **_planned_change(id_of(found.get("schedule")), period_end=item["current_period_end"]),
        },
    )
    return row


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _sync_origin(payment_intent: str, *, account_id: int) -> bool:
    """Record the payment from the checkout or invoice that it belongs to."""
    with stripe_call() as client:
        sessions = client.v1.checkout.sessions.list({"payment_intent": payment_intent}).data
        invoices = client.v1.invoice_payments.list({"payment": {"type": "payment_intent", "payment_intent": payment_intent}}).data
    found = [sync_checkout(one.id, account_id=account_id) for one in sessions]
    found += [sync_invoice(id_of(as_dict(one)["invoice"]), account_id=account_id) for one in invoices]
    return any(found)


def _record_pack(account_id: int, session: dict[str, Any]) -> None:
    metadata = session.get("metadata") or {}
    if metadata.get("kind") != "pack":
        return
    intent = id_of(session.get("payment_intent"))
    record_payment(
        account_id,
        kind=PaymentKind.PACK,
        reference=intent or session["id"],
        payment_intent=intent,
        invoice=id_of(session.get("invoice")),
        amount_minor=session["amount_total"] or 0,
        currency=session["currency"],
        millicredits=int(metadata["millicredits"]),
        description=f"{int(metadata['millicredits']) / 1000:,.0f} credits",
        paid_at=moment(session["created"]),
    )


def _record_invoice(account_id: int, invoice: dict[str, Any]) -> None:
    payments = (invoice.get("payments") or {}).get("data") or []
    intents = [id_of((one.get("payment") or {}).get("payment_intent")) for one in payments if one["status"] == "paid"]
    millicredits, plan = _credits_of(invoice)
    if not millicredits and not invoice["amount_paid"]:
        return  # of a trial, or of a change that cost nothing
    record_payment(
        account_id,
        kind=PaymentKind.SUBSCRIPTION,
        reference=invoice["id"],
        payment_intent=next(filter(None, intents), ""),
        invoice=invoice["id"],
        amount_minor=invoice["amount_paid"],
        currency=invoice["currency"],
        millicredits=millicredits,
        description=f"{plan or 'Subscription'}, invoice {invoice.get('number') or invoice['id']}",
        paid_at=moment((invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"]),
    )


def _credits_of(invoice: dict[str, Any]) -> tuple[int, str]:
    """Credits of an invoice in thousandths, negative if it credits more than it charges, and the plan's name.

    Each line gives its share of the credits of its price: a whole month all of them, the rest of a month after an upgrade a part, and what is
    credited for the former plan takes its part off.
    """
    total, plan = Fraction(0), ""
    for line in _lines(invoice):
        price_id = id_of(((line.get("pricing") or {}).get("price_details") or {}).get("price"))
        if not price_id:
            continue
        product, interval, count, unit_amount = _price_facts(price_id)
        offer, _ = find_offer_of_price(price_id, product)
        if offer is None or not unit_amount:
            continue
        months = count * (12 if interval == "year" else 1)
        total += Fraction(line["amount"], unit_amount) * offer.monthly_millicredits * months
        if line["amount"] >= 0:
            plan = offer.plan.name
    return round(total), plan


def _lines(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    lines = invoice["lines"]
    if not lines.get("has_more"):
        return list(lines["data"])
    with stripe_call() as client:
        return [as_dict(line) for line in client.v1.invoices.line_items.list(invoice["id"], {"limit": 100}).auto_paging_iter()]


@lru_cache(maxsize=256)
def _price_facts(price_id: str) -> tuple[str, str, int, int]:
    """Product, interval, number of intervals and amount of a price. At Stripe these never change."""
    with stripe_call() as client:
        price = as_dict(client.v1.prices.retrieve(price_id))
    recurring = price.get("recurring") or {}
    return id_of(price["product"]), recurring.get("interval", ""), recurring.get("interval_count", 1), price["unit_amount"] or 0


def _planned_change(schedule_id: str, *, period_end: int) -> dict[str, Any]:
    """Plan and interval from the end of the period on, by the subscription's schedule."""
    none = {"stripe_schedule": schedule_id, "next_plan": None, "next_interval": ""}
    if not schedule_id:
        return none
    with stripe_call() as client:
        schedule = as_dict(client.v1.subscription_schedules.retrieve(schedule_id))
    for phase in schedule["phases"]:
        if phase["start_date"] >= period_end:
            price_id = id_of(phase["items"][0]["price"])
            offer, interval = find_offer_of_price(price_id, _price_facts(price_id)[0])
            return none if offer is None else {**none, "next_plan": offer.plan, "next_interval": interval or Interval.MONTH}
    return none


def _withdraw(payment: Payment) -> None:
    """Cancel the subscription whose running period was paid by a payment that is given back wholly: nobody has paid for the plan."""
    invoice = _invoice(payment.stripe_invoice)
    row = sync_subscription(subscription_of(invoice), account_id=payment.account_id) if subscription_of(invoice) else None
    if row is None or not row.is_live or row.period_end is None:
        return
    if max(line["period"]["end"] for line in _lines(invoice)) < int(row.period_end.timestamp()):
        return  # of an earlier period
    with stripe_call() as client:
        client.v1.subscriptions.cancel(row.stripe_id)
    sync_subscription(row.stripe_id, account_id=payment.account_id)
    text = f"{payment.description} was refunded or charged back. The subscription has ended, and the account is on the free plan now."
    notify_about_money(payment.account, subject="Your plan has ended", text=text)


def _disputed_minor(charge: dict[str, Any]) -> tuple[int, int]:
    """Amount that Stripe holds or has given back for disputes, and the part of it that is lost for good."""
    if not charge.get("disputed"):
        return 0, 0
    with stripe_call() as client:
        disputes = client.v1.disputes.list({"charge": charge["id"]}).data
    withdrawn = [one for one in disputes if one.status in WITHDRAWN]
    return sum(one.amount for one in withdrawn), sum(one.amount for one in withdrawn if one.status == "lost")


def _checkout(session_id: str) -> dict[str, Any]:
    with stripe_call() as client:
        return as_dict(client.v1.checkout.sessions.retrieve(session_id))


def _invoice(invoice_id: str) -> dict[str, Any]:
    with stripe_call() as client:
        return as_dict(client.v1.invoices.retrieve(invoice_id, {"expand": ["payments"]}))


def _subscription(subscription_id: str) -> dict[str, Any]:
    with stripe_call() as client:
        return as_dict(client.v1.subscriptions.retrieve(subscription_id))


def _charge(charge_id: str) -> dict[str, Any]:
    with stripe_call() as client:
        return as_dict(client.v1.charges.retrieve(charge_id))

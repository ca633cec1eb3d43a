"""Pages of Stripe that people are sent to: checkout of packs and subscriptions, a card for top-ups, the billing portal."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from apps.accounts.models import Account
from apps.core.errors import ConflictError
from apps.payments.client import as_dict, id_of, stripe_call
from apps.payments.models import LIVE_STATUSES, CreditPack, Interval, PlanOffer, Subscription
from apps.payments.selectors import find_live_subscription
from apps.payments.services.customers import get_or_create_customer
from apps.payments.services.syncing import sync_subscription
from apps.payments.services.turns import account_turn

BILLING_PATH: Final = "/dashboard/billing/"
ENDED_STATUSES: Final = ("canceled", "incomplete_expired")
"""Statuses, in Stripe's words, that no subscription leaves."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Person who buys for an account, and the site to return to."""

    account: Account
    email: str
    public_base: str
    form_id: str
    """Random id of the page's forms: a second click, or a repeated request, opens the same checkout."""

    def page(self, query: str = "") -> str:
        return f"{self.public_base}{BILLING_PATH}{query}"


def start_pack_checkout(buyer: Buyer, *, pack: CreditPack) -> str:
    """URL of a checkout for a pack. 409 not_for_sale."""
    if not (pack.stripe_price and pack.is_public):
        raise _not_for_sale(pack.name)
    metadata = {"account": str(buyer.account.pk), "kind": "pack", "pack": pack.slug, "millicredits": str(pack.millicredits)}
    return _open(
        buyer,
        key=f"pack:{pack.pk}",
        params={
            "mode": "payment",
            "line_items": [{"price": pack.stripe_price, "quantity": 1}],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "description": pack.name},
            "invoice_creation": {"enabled": True},
            **_common(),
        },
    )


def start_subscription_checkout(buyer: Buyer, *, offer: PlanOffer, interval: Interval) -> str:
    """URL of a checkout for a subscription. 409 already_subscribed, 409 not_for_sale.

    Stripe is asked, since the event of a checkout that was just paid may not have been processed yet.
    """
    price = offer.stripe_price(interval)
    if not price:
        raise _not_for_sale(f"{offer.plan.name} by the {interval}")
    with account_turn(buyer.account.pk):
        if find_live_subscription(buyer.account) is not None:
            raise _already_subscribed()
        open_url = _end_other_checkouts(buyer, price=price)
        if _is_subscribed(buyer):
            raise _already_subscribed()
        if open_url:
            return open_url
        metadata = {
            "account": str(buyer.account.pk), "kind": "subscription", "plan": offer.plan.slug, "form": buyer.form_id, "price": price,
        }  # fmt: skip
        params = {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1}],
            "metadata": metadata,
            "subscription_data": {"metadata": metadata},
            **_common(),
        }
        return _open(buyer, key=f"subscription:{price}", params=params)


def start_card_setup(buyer: Buyer, *, currency: str) -> str:
    """URL of a checkout that only saves a card, for automatic top-ups."""
    return _open(
        buyer, key="card", params={"mode": "setup", "currency": currency, "metadata": {"account": str(buyer.account.pk), "kind": "card"}}
    )


def open_portal(buyer: Buyer) -> str:
    """URL of Stripe's billing portal: cards, address, tax ids, invoices."""
    customer = get_or_create_customer(buyer.account, email=buyer.email)
    with stripe_call() as client:
        session = client.v1.billing_portal.sessions.create({"customer": customer.stripe_id, "return_url": buyer.page()})
    return str(session.url)


def _common() -> dict[str, Any]:
    """Parameters by settings. What a customer enters for taxes is kept at the customer, as Stripe demands with both."""
    params: dict[str, Any] = {}
    if settings.TTSAI_STRIPE_AUTOMATIC_TAX:
        params["automatic_tax"] = {"enabled": True}
    if settings.TTSAI_STRIPE_TAX_IDS:
        params["tax_id_collection"] = {"enabled": True}
    if params:
        params["customer_update"] = {"address": "auto", "name": "auto"}
    if settings.TTSAI_STRIPE_PROMOTION_CODES:
        params["allow_promotion_codes"] = True
    return params


def _open(buyer: Buyer, *, key: str, params: dict[str, Any]) -> str:
    customer = get_or_create_customer(buyer.account, email=buyer.email)
    whole: Any = {
        "customer": customer.stripe_id,
        "client_reference_id": str(buyer.account.pk),
        "success_url": buyer.page("?checkout={CHECKOUT_SESSION_ID}"),
        "cancel_url": buyer.page(),
        **params,
    }
    with stripe_call() as client:
        session = client.v1.checkout.sessions.create(whole, {"idempotency_key": _key(buyer, key)})
    return str(session.url)


def _key(buyer: Buyer, key: str) -> str:
    return f"{key}:{buyer.account.pk}:{buyer.form_id}"


def _end_other_checkouts(buyer: Buyer, *, price: str) -> str:
    """End other open checkouts of subscriptions, so that two tabs do not start two of them; URL of the open one of this form, if any."""
    customer, url = get_or_create_customer(buyer.account, email=buyer.email).stripe_id, ""
    with stripe_call() as client:
        sessions = list(client.v1.checkout.sessions.list({"customer": customer, "status": "open"}).auto_paging_iter())
    for session in map(as_dict, sessions):
        if session["mode"] != "subscription":
            continue
        metadata = session.get("metadata") or {}
        if (metadata.get("form"), metadata.get("price")) == (buyer.form_id, price):
            url = str(session["url"])
            continue
        try:
            with stripe_call() as client:
                client.v1.checkout.sessions.expire(session["id"])
        except ConflictError:  # it is being paid at this moment
            raise ConflictError(
                "Another checkout of this account is being paid. Look again in a minute.", code="payment_in_progress"
            ) from None
    return url


def _is_subscribed(buyer: Buyer) -> bool:
    """True if the customer has a subscription at Stripe, or a checkout that started one; it is stored."""
    customer = get_or_create_customer(buyer.account, email=buyer.email).stripe_id
    with stripe_call() as client:
        listed = client.v1.subscriptions.list({"customer": customer}).auto_paging_iter()
        found = {one.id for one in listed if one.status in {*LIVE_STATUSES, "incomplete"}}
        for session in client.v1.checkout.sessions.list({"customer": customer, "status": "complete"}).data:
            if session.mode == "subscription" and session.subscription:
                found.add(id_of(as_dict(session)["subscription"]))
    known = set(Subscription.objects.filter(account=buyer.account, status__in=ENDED_STATUSES).values_list("stripe_id", flat=True))
    rows = [sync_subscription(stripe_id, account_id=buyer.account.pk) for stripe_id in sorted(found - known)]
    return any(row is not None and (row.is_live or row.status == "incomplete") for row in rows)


def _already_subscribed() -> ConflictError:
    return ConflictError("The account has a subscription: change its plan instead of starting another.", code="already_subscribed")


def _not_for_sale(what: str) -> ConflictError:
    return ConflictError(f"{what} is not for sale here: it has no price at Stripe yet.", code="not_for_sale")

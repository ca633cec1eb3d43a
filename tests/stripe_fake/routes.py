"""Endpoints of the fake: method, path, declared parameters, action."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as declared

from tests.stripe_fake.checkout import Checkout
from tests.stripe_fake.params import RefusedError, check

Action = Callable[[Checkout, str, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Route:
    """One endpoint; `{}` in its path is an id."""

    method: str
    path: str
    params: type
    action: Action

    def match(self, method: str, path: str) -> str | None:
        """The id in the path, empty without one; None if the request is for another endpoint."""
        found = re.fullmatch("/v1/" + self.path.replace("{}", "([^/]+)"), path)
        if found is None or method != self.method:
            return None
        return found.group(1) if found.groups() else ""


def listing(kind: str, *filters: str) -> Action:
    """List of a kind, newest first, with pages."""

    def act(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
        found = fake.all(kind, **{name: values[name] for name in filters if name in values and values[name] != "all"})
        if "gte" in values.get("created", {}):
            found = [one for one in found if one["created"] >= int(values["created"]["gte"])]
        if kind == "subscription" and values.get("status") is None:
            found = [one for one in found if one["status"] != "canceled"]
        if "starting_after" in values:
            found = found[[one["id"] for one in found].index(values["starting_after"]) + 1 :]
        limit = min(int(values.get("limit", 10)), fake.page_limit)
        return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": f"/v1/{kind}s"}

    return act


def reading(kind: str) -> Action:
    return lambda fake, found, _values: fake.get(kind, found)


def new_customer(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
    customer = fake.new(
        "customer", "cus", metadata=values.get("metadata", {}), email=values.get("email"), name=values.get("name"), tax_ids=[], balance=0,
        invoice_settings={"default_payment_method": None},
    )  # fmt: skip
    fake.emit("customer.created", customer)
    return customer


def change_customer(fake: Checkout, found: str, values: dict[str, Any]) -> dict[str, Any]:
    customer = fake.get("customer", found)
    customer.update({name: values[name] for name in ("email", "name") if name in values})
    return customer


def delete_customer(fake: Checkout, found: str, _values: dict[str, Any]) -> dict[str, Any]:
    customer = fake.get("customer", found)
    for subscription in fake.all("subscription", customer=found):
        if subscription["status"] != "canceled":
            fake.cancel_subscription(subscription)
    customer.update(deleted=True, email=None, name=None)
    return {"id": found, "object": "customer", "deleted": True}


def new_price(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
    fake.get("product", values["product"])
    recurring = values.get("recurring")
    return fake.new(
        "price", "price", product=values["product"], currency=values["currency"], unit_amount=int(values["unit_amount"]),
        recurring=None if recurring is None else {"interval": recurring["interval"], "interval_count": int(recurring.get("interval_count", 1))},
        type="one_time" if recurring is None else "recurring", active=True,
    )  # fmt: skip


def new_intent(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
    card = fake.get("payment_method", values["payment_method"]) if "payment_method" in values else None
    if card is not None and card["customer"] != values.get("customer"):
        raise RefusedError("The payment method does not belong to the customer.", code="payment_method_customer_mismatch")
    intent = fake.new_intent(
        amount=int(values["amount"]), currency=values["currency"], customer=values["customer"], metadata=values.get("metadata", {}),
        description=values.get("description", ""),
    )  # fmt: skip
    if values.get("confirm") == "true" and not fake.charge(intent, card):
        if intent["status"] == "requires_action":  # off session nobody can confirm
            raise RefusedError(
                "The card requires authentication.", status=402, kind="card_error", code="authentication_required", payment_intent=intent
            )
        raise RefusedError("Your card was declined.", status=402, kind="card_error", code="card_declined", payment_intent=intent)
    return intent


def invoice(fake: Checkout, found: str, values: dict[str, Any]) -> dict[str, Any]:
    one = dict(fake.get("invoice", found))
    if "payments" in values.get("expand", []):
        one["payments"] = {
            "object": "list",
            "data": fake.all("invoice_payment", invoice=found),
            "has_more": False,
            "url": "/v1/invoice_payments",
        }
    return one


def invoice_payments(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
    wanted = values["payment"]["payment_intent"]
    found = [one for one in fake.all("invoice_payment") if one["payment"]["payment_intent"] == wanted]
    return {"object": "list", "data": found, "has_more": False, "url": "/v1/invoice_payments"}


def portal(fake: Checkout, _id: str, values: dict[str, Any]) -> dict[str, Any]:
    fake.get("customer", values["customer"])
    return fake.new(
        "billing_portal.session", "bps", customer=values["customer"], url=f"{fake.base}/portal", return_url=values["return_url"]
    )


ROUTES = [
    Route("POST", "customers", declared.CustomerCreateParams, new_customer),
    Route("GET", "customers/{}", declared.CustomerRetrieveParams, reading("customer")),
    Route("POST", "customers/{}", declared.CustomerUpdateParams, change_customer),
    Route("DELETE", "customers/{}", declared.CustomerDeleteParams, delete_customer),
    Route("GET", "payment_methods", declared.PaymentMethodListParams, listing("payment_method", "customer", "type")),
    Route("POST", "products", declared.ProductCreateParams, lambda fake, _id, values: fake.new("product", "prod", name=values["name"])),
    Route("POST", "prices", declared.PriceCreateParams, new_price),
    Route("GET", "prices/{}", declared.PriceRetrieveParams, reading("price")),
    Route("POST", "checkout/sessions", declared.checkout.SessionCreateParams, lambda fake, _id, values: fake.new_session(values)),
    Route("GET", "checkout/sessions", declared.checkout.SessionListParams, listing("checkout.session", "customer", "status", "payment_intent")),
    Route("GET", "checkout/sessions/{}", declared.checkout.SessionRetrieveParams, reading("checkout.session")),
    Route(
        "POST", "checkout/sessions/{}/expire", declared.checkout.SessionExpireParams,
        lambda fake, found, _values: fake.expire_session(fake.get("checkout.session", found)),
    ),
    Route("POST", "billing_portal/sessions", declared.billing_portal.SessionCreateParams, portal),
    Route("GET", "subscriptions", declared.SubscriptionListParams, listing("subscription", "customer", "status")),
    Route("GET", "subscriptions/{}", declared.SubscriptionRetrieveParams, reading("subscription")),
    Route(
        "POST", "subscriptions/{}", declared.SubscriptionUpdateParams,
        lambda fake, found, values: fake.update_subscription(fake.get("subscription", found), values),
    ),
    Route(
        "DELETE", "subscriptions/{}", declared.SubscriptionCancelParams,
        lambda fake, found, _values: fake.cancel_subscription(fake.get("subscription", found)),
    ),
    Route("POST", "subscription_schedules", declared.SubscriptionScheduleCreateParams, lambda fake, _id, values: fake.new_schedule(values)),
    Route("GET", "subscription_schedules/{}", declared.SubscriptionScheduleRetrieveParams, reading("subscription_schedule")),
    Route(
        "POST", "subscription_schedules/{}", declared.SubscriptionScheduleUpdateParams,
        lambda fake, found, values: fake.update_schedule(fake.get("subscription_schedule", found), values),
    ),
    Route(
        "POST", "subscription_schedules/{}/release", declared.SubscriptionScheduleReleaseParams,
        lambda fake, found, _values: fake.release_schedule(fake.get("subscription_schedule", found)),
    ),
    Route("GET", "invoices", declared.InvoiceListParams, listing("invoice", "customer", "status")),
    Route("GET", "invoices/{}", declared.InvoiceRetrieveParams, invoice),
    Route("GET", "invoice_payments", declared.InvoicePaymentListParams, invoice_payments),
    Route("POST", "payment_intents", declared.PaymentIntentCreateParams, new_intent),
    Route("GET", "payment_intents/{}", declared.PaymentIntentRetrieveParams, reading("payment_intent")),
    Route("GET", "charges", declared.ChargeListParams, listing("charge", "customer", "payment_intent")),
    Route("GET", "charges/{}", declared.ChargeRetrieveParams, reading("charge")),
    Route("GET", "disputes", declared.DisputeListParams, listing("dispute", "charge", "payment_intent")),
]  # fmt: skip


def answer(fake: Checkout, method: str, path: str, values: dict[str, Any]) -> dict[str, Any]:
    """Response body of a request; raises the refusals that Stripe would answer with."""
    for route in ROUTES:
        found = route.match(method, path)
        if found is not None:
            check(values, route.params)
            return route.action(fake, found, values)
    raise RefusedError(f"Unrecognized request URL ({method}: {path}).", status=404)

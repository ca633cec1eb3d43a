"""Rows of what is sold: the starting ones, and their products and prices at Stripe."""

from typing import Any

from django.db import transaction

from apps.accounts.models import Plan
from apps.payments.client import stripe_call
from apps.payments.defaults import STARTING_OFFERS, STARTING_PACKS
from apps.payments.models import CreditPack, Interval, PlanOffer


def load_starting_offers() -> int:
    """Create the starting prices of plans and the packs if there are none yet; returns their number."""
    if PlanOffer.objects.exists() or CreditPack.objects.exists():
        return 0
    plans = {plan.slug: plan for plan in Plan.objects.filter(slug__in=STARTING_OFFERS)}
    offers = [PlanOffer(plan=plans[slug], **values) for slug, values in STARTING_OFFERS.items() if slug in plans]
    packs = [CreditPack(**values) for values in STARTING_PACKS]
    with transaction.atomic():
        PlanOffer.objects.bulk_create(offers)
        CreditPack.objects.bulk_create(packs)
    return len(offers) + len(packs)


def create_stripe_prices() -> list[str]:
    """Create the missing products and prices at Stripe and store their ids; returns what was created, in words."""
    created = []
    for offer in PlanOffer.objects.select_related("plan").filter(is_public=True):
        if any(offer.price_minor(interval) for interval in Interval):
            created += _create_of_offer(offer)
    for pack in CreditPack.objects.filter(is_public=True, stripe_price=""):
        pack.stripe_product = pack.stripe_product or _product(pack.name, key=f"pack:{pack.slug}")
        pack.stripe_price = _price(pack.stripe_product, amount=pack.price_minor, currency=pack.currency)
        pack.save(update_fields=["stripe_product", "stripe_price"])
        created.append(f"{pack.name}: {pack.stripe_price}")
    return created


def _create_of_offer(offer: PlanOffer) -> list[str]:
    created = []
    for interval, field in ((Interval.MONTH, "stripe_monthly_price"), (Interval.YEAR, "stripe_yearly_price")):
        amount = offer.price_minor(interval)
        if not amount or getattr(offer, field):
            continue
        offer.stripe_product = offer.stripe_product or _product(offer.plan.name, key=f"plan:{offer.plan.slug}")
        price = _price(offer.stripe_product, amount=amount, currency=offer.currency, interval=interval)
        setattr(offer, field, price)
        offer.save(update_fields=["stripe_product", field])
        created.append(f"{offer.plan.name} by the {interval}: {price}")
    return created


def _product(name: str, *, key: str) -> str:
    with stripe_call() as client:
        return client.v1.products.create({"name": name, "metadata": {"row": key}}, {"idempotency_key": f"product:{key}:{name}"}).id


def _price(product: str, *, amount: int, currency: str, interval: Interval | None = None) -> str:
    params: dict[str, Any] = {"product": product, "unit_amount": amount, "currency": currency}
    if interval is not None:
        params["recurring"] = {"interval": interval.value}
    with stripe_call() as client:
        key = f"price:{product}:{amount}:{currency}:{interval or 'once'}"
        return client.v1.prices.create(params, {"idempotency_key": key}).id  # type: ignore[arg-type]

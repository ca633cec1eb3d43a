"""Content of the page of prices: plans, packs, and services by the rows that are charged by."""

from dataclasses import dataclass
from typing import Any, Final

from apps.billing.models import PriceUnit, ServicePrice, TierPrice
from apps.catalog.models import Engine
from apps.payments.models import CreditPack, Interval, PlanOffer
from apps.payments.money import decimals_of, format_money
from apps.payments.selectors import list_offers, list_packs
from apps.website.service_titles import service_title

TIER_TITLES: Final = {"free": "Basic"}
"""Titles of tiers whose name says something else to people: models of the tier `free` cost credits, and need no key within a daily limit."""


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Price of a service for display."""

    title: str
    millicredits: int
    unit: str


@dataclass(frozen=True, slots=True)
class TierLine:
    """Price of 1,000 characters by the models of a tier, for display."""

    tier: str
    title: str
    millicredits: int
    models: list[str]


@dataclass(frozen=True, slots=True)
class PlanCard:
    """Plan with its price for one interval."""

    offer: PlanOffer
    price: str
    per: str
    yearly_saving: str
    characters: int
    """Characters of a standard model that the credits of a month are worth."""

    @property
    def is_free(self) -> bool:
        return not self.offer.monthly_price_minor and not self.offer.yearly_price_minor


def plan_cards(interval: str) -> list[PlanCard]:
    """Public plans, with the price of a month or of a year."""
    standard = standard_millicredits()
    return [_card(offer, interval=interval, standard=standard) for offer in list_offers()]


def service_lines() -> list[ServiceLine]:
    """Services with their prices, those that cost something first."""
    units = {**dict(PriceUnit.choices), PriceUnit.MINUTE: "minute"}
    rows = sorted(ServicePrice.objects.all(), key=lambda row: (row.millicredits == 0, -row.millicredits, row.service))
    return [ServiceLine(service_title(row.service).title, row.millicredits, units[row.unit]) for row in rows]


def tier_lines() -> list[TierLine]:
    """Tiers of speech models with their price and the names of their models."""
    names: dict[str, list[str]] = {}
    for tier, name in Engine.objects.filter(kind="tts", is_enabled=True).order_by("name").values_list("tier", "name"):
        names.setdefault(tier, []).append(name)
    return [
        TierLine(row.tier, TIER_TITLES.get(row.tier, row.tier.capitalize()), row.millicredits_per_1k_characters, names.get(row.tier, []))
        for row in TierPrice.objects.all()
    ]


def standard_millicredits() -> int:
    """Price of 1,000 characters by a standard model."""
    return TierPrice.objects.filter(tier="standard").values_list("millicredits_per_1k_characters", flat=True).first() or 2000


def calculator_data() -> dict[str, Any]:
    """Prices for the calculator on the page: thousandths of a credit, and smallest units of money."""
    services = dict(ServicePrice.objects.values_list("service", "millicredits"))
    return {
        "tiers": [{"name": line.tier, "millicredits": line.millicredits} for line in tier_lines()],
        "transcription": services.get("transcription", 0),
        "conversion": services.get("voice-convert", 0),
        "plans": [
            {"name": offer.plan.name, "minor": offer.monthly_price_minor or 0, "millicredits": offer.monthly_millicredits, **_money(offer)}
            for offer in list_offers()
            if offer.monthly_price_minor is not None
        ],
        "packs": [
            {"name": pack.name, "minor": pack.price_minor, "millicredits": pack.millicredits, **_money(pack)} for pack in list_packs()
        ],
    }


def _money(row: PlanOffer | CreditPack) -> dict[str, Any]:
    return {"currency": row.currency, "decimals": decimals_of(row.currency)}


def _card(offer: PlanOffer, *, interval: str, standard: int) -> PlanCard:
    amount = offer.price_minor(interval)
    monthly, yearly = offer.monthly_price_minor, offer.yearly_price_minor
    saving = format_money(12 * monthly - yearly, offer.currency) if monthly and yearly and 12 * monthly > yearly else ""
    return PlanCard(
        offer=offer,
        price="On request"
        if amount is None and monthly is None
        else format_money(amount if amount is not None else monthly or 0, offer.currency),
        per="year" if interval == Interval.YEAR and amount else "month",
        yearly_saving=saving,
        characters=1000 * offer.monthly_millicredits // standard if standard else 0,
    )

"""Prices in thousandths of a credit: whole numbers, rounded up once."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from apps.billing.models import PriceUnit, ServicePrice, TierPrice
from apps.core.errors import InvalidRequestError

MILLICREDITS = 1000
"""Millicredits per credit."""

STARTING_TIER_PRICES = {"free": 1000, "standard": 2000, "premium": 4000}
"""Starting prices of the tiers in millicredits per 1,000 characters; afterwards the rows apply."""


STARTING_SERVICE_PRICES = {
    "transcription": (PriceUnit.MINUTE, 2000),
    "speech-translation": (PriceUnit.MINUTE, 5000),
    "voice-chat": (PriceUnit.TURN, 3000),
    "audio-convert": (PriceUnit.MINUTE, 0),
    "audio-trim-silence": (PriceUnit.MINUTE, 0),
    "audio-normalize": (PriceUnit.MINUTE, 0),
    "audio-enhance": (PriceUnit.MINUTE, 2000),
    "audio-dereverb": (PriceUnit.MINUTE, 2000),
    "audio-separate": (PriceUnit.MINUTE, 3000),
    "audio-separate-many": (PriceUnit.MINUTE, 4000),
    "audio-waveform": (PriceUnit.MINUTE, 0),
    "audio-analyze": (PriceUnit.MINUTE, 0),
    "audio-diarize": (PriceUnit.MINUTE, 1000),
    "enrol_voice": (PriceUnit.REQUEST, 0),
    "voice-convert": (PriceUnit.MINUTE, 3000),
    "speech-to-speech": (PriceUnit.MINUTE, 3000),
    "audio-verify": (PriceUnit.MINUTE, 0),
}
"""Starting prices of services that are not priced per character, in millicredits per unit."""


def characters_price_millicredits(characters: int, *, millicredits_per_1k: int) -> int:
    """Price of a text in proportion to its Unicode code points."""
    return -(-characters * millicredits_per_1k // 1000)


def read_tier_prices() -> dict[str, int]:
    """Prices of the tiers that have a row, in millicredits per 1,000 characters."""
    return dict(TierPrice.objects.values_list("tier", "millicredits_per_1k_characters"))


def tier_price(tier: str, *, prices: Mapping[str, int] | None = None) -> int:
    """Price of a tier in millicredits per 1,000 characters; a tier without a row costs as much as the most expensive.

    prices: those of `read_tier_prices`, for callers that need several.
    """
    known = read_tier_prices() if prices is None else prices
    return known[tier] if tier in known else max(known.values(), default=max(STARTING_TIER_PRICES.values()))


def service_price(service: str) -> int:
    """Price of a service in millicredits per unit; the starting price if its row was deleted."""
    row = ServicePrice.objects.filter(service=service).values_list("millicredits", flat=True).first()
    return STARTING_SERVICE_PRICES[service][1] if row is None else row


def service_prices(services: Collection[str]) -> dict[str, int]:
    """Prices of several services in millicredits per unit, in one query."""
    rows = dict(ServicePrice.objects.filter(service__in=services).values_list("service", "millicredits")) if services else {}
    return {service: rows.get(service, STARTING_SERVICE_PRICES[service][1]) for service in services}


def duration_price_millicredits(milliseconds: int, *, millicredits_per_minute: int) -> int:
    """Price of a recording in proportion to its duration."""
    return -(-milliseconds * millicredits_per_minute // 60_000)


def credits(millicredits: int) -> int | float:  # noqa: A001 - the word of the API; the builtin of that name is the interpreter's
    """Credits for display: an int if whole."""
    whole, rest = divmod(millicredits, MILLICREDITS)
    return whole if rest == 0 else millicredits / MILLICREDITS


def format_credits(millicredits: int) -> str:
    """Credits in a text: `1,234.568`, `12.5`, `0`."""
    return f"{millicredits / MILLICREDITS:,.3f}".rstrip("0").rstrip(".")


def from_credits(amount: Decimal) -> int:
    """Millicredits of an amount entered by a person."""
    millicredits = amount * MILLICREDITS
    if not amount.is_finite() or millicredits != int(millicredits):
        raise InvalidRequestError("Credits have at most three decimals.", param="credits")
    return int(millicredits)

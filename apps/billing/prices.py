"""What work costs, in thousandths of a credit: whole numbers, rounded up once."""

from decimal import Decimal

from apps.billing.models import TierPrice
from apps.core.errors import InvalidRequestError

MILLICREDITS = 1000
"""In one credit."""

STARTING_TIER_PRICES = {"free": 1000, "standard": 2000, "premium": 4000}
"""Millicredits for 1,000 characters that a new installation starts with; afterwards the rows count."""


def characters_price_millicredits(characters: int, *, millicredits_per_1k: int) -> int:
    """The price of a text, in proportion to its Unicode code points."""
    return -(-characters * millicredits_per_1k // 1000)


def tier_price(tier: str) -> int:
    """Millicredits for 1,000 characters of a model of this tier; a tier without a row costs what the dearest does."""
    prices = dict(TierPrice.objects.values_list("tier", "millicredits_per_1k_characters"))
    return prices[tier] if tier in prices else max(prices.values(), default=max(STARTING_TIER_PRICES.values()))


def credits(millicredits: int) -> int | float:  # noqa: A001 - the word of the API; the builtin of that name is the interpreter's
    """For display: a whole number where it is one."""
    whole, rest = divmod(millicredits, MILLICREDITS)
    return whole if rest == 0 else millicredits / MILLICREDITS


def from_credits(amount: Decimal) -> int:
    """Millicredits of an amount that a person typed."""
    millicredits = amount * MILLICREDITS
    if not amount.is_finite() or millicredits != int(millicredits):
        raise InvalidRequestError("Credits have at most three decimals.", param="credits")
    return int(millicredits)

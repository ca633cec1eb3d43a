"""Prices and packs of a new installation, without Stripe's ids: nothing is sold until the operator adds them (docs/payments.md).

A credit costs 0.9 cents in the smallest subscription and less in larger ones: 1,000 characters of a standard model (2 credits) are then below
2 cents, and a minute of transcription too.
"""

from typing import Any, Final

STARTING_OFFERS: Final[dict[str, dict[str, Any]]] = {
    "free": {"description": "To try everything.", "monthly_price_minor": 0, "position": 0},
    "starter": {
        "description": "For a blog, a channel or a prototype.",
        "monthly_price_minor": 900,
        "yearly_price_minor": 9000,
        "monthly_millicredits": 1_000_000,
        "position": 1,
    },
    "pro": {
        "description": "For products with users.",
        "monthly_price_minor": 3900,
        "yearly_price_minor": 39_000,
        "monthly_millicredits": 5_000_000,
        "position": 2,
    },
    "enterprise": {
        "description": "For heavy use and large teams.",
        "monthly_price_minor": 29_900,
        "yearly_price_minor": 299_000,
        "monthly_millicredits": 50_000_000,
        "position": 3,
    },
}
STARTING_PACKS: Final[tuple[dict[str, Any], ...]] = (
    {"slug": "credits-500", "name": "500 credits", "millicredits": 500_000, "price_minor": 500, "position": 0},
    {"slug": "credits-2500", "name": "2,500 credits", "millicredits": 2_500_000, "price_minor": 2200, "position": 1},
    {"slug": "credits-10000", "name": "10,000 credits", "millicredits": 10_000_000, "price_minor": 7900, "position": 2},
)

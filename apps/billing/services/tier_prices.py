"""Creates the starting prices of tiers."""

from apps.billing.models import TierPrice
from apps.billing.prices import STARTING_TIER_PRICES


def load_starting_tier_prices() -> int:
    """Create the starting prices if there are none; returns their number."""
    if TierPrice.objects.exists():
        return 0
    rows = (TierPrice(tier=tier, millicredits_per_1k_characters=price) for tier, price in STARTING_TIER_PRICES.items())
    return len(TierPrice.objects.bulk_create(rows))

"""Creates the starting prices of tiers."""

from apps.billing.models import TierPrice
from apps.billing.prices import STARTING_TIER_PRICES


def load_starting_tier_prices() -> int:
    """Create missing rows; returns their number."""
    known = set(TierPrice.objects.values_list("tier", flat=True))
    missing = {tier: price for tier, price in STARTING_TIER_PRICES.items() if tier not in known}
    rows = (TierPrice(tier=tier, millicredits_per_1k_characters=price) for tier, price in missing.items())
    return len(TierPrice.objects.bulk_create(rows, ignore_conflicts=True))

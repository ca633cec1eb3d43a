"""Write operations on the ledger. Each changes the balance and appends entries in one statement, in the caller's transaction."""

from apps.billing.services.accounts import get_or_create_account, grant_welcome_bonus, open_account
from apps.billing.services.credits import grant_credits, take_credits
from apps.billing.services.jobs import release_credits, reserve_credits, settle_credits
from apps.billing.services.low_balance import set_low_threshold
from apps.billing.services.service_prices import load_starting_service_prices
from apps.billing.services.tier_prices import load_starting_tier_prices

__all__ = [
    "get_or_create_account",
    "grant_credits",
    "grant_welcome_bonus",
    "load_starting_service_prices",
    "load_starting_tier_prices",
    "open_account",
    "release_credits",
    "reserve_credits",
    "set_low_threshold",
    "settle_credits",
    "take_credits",
]

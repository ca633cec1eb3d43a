"""Creates the starting plans."""

from apps.accounts.defaults import STARTING_PLANS
from apps.accounts.models import Plan


def load_starting_plans() -> int:
    """Create the starting plans if there are no plans yet; returns their number. Deleted plans are not created again."""
    if Plan.objects.exists():
        return 0
    return len(Plan.objects.bulk_create(Plan(slug=slug, **values) for slug, values in STARTING_PLANS.items()))

"""Plans are rows; these are written once."""

from apps.accounts.defaults import STARTING_PLANS
from apps.accounts.models import Plan


def load_starting_plans() -> int:
    """Create the starting plans where there are none yet; how many. Later ones are the operator's, who may also delete some."""
    if Plan.objects.exists():
        return 0
    return len(Plan.objects.bulk_create(Plan(slug=slug, **values) for slug, values in STARTING_PLANS.items()))

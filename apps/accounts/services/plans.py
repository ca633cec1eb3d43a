"""Write operations on plans: the starting rows, and the plan of an account."""

from apps.accounts.defaults import STARTING_PLANS
from apps.accounts.models import Account, Plan


def load_starting_plans() -> int:
    """Create the starting plans if there are no plans yet; returns their number. Deleted plans are not created again."""
    if Plan.objects.exists():
        return 0
    return len(Plan.objects.bulk_create(Plan(slug=slug, **values) for slug, values in STARTING_PLANS.items()))


def change_plan(account: Account, *, plan: Plan) -> bool:
    """Put the account on the plan, whose limits its next request has; False if it was on it already."""
    changed = Account.objects.filter(pk=account.pk).exclude(plan=plan).update(plan=plan)
    account.plan = plan
    return bool(changed)

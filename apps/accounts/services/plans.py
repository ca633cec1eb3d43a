"""Write operations on plans: the starting rows, and the plan of an account."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.defaults import STARTING_PLANS
from apps.accounts.models import Account, Plan


def load_starting_plans() -> int:
    """Create the starting plans if there are no plans yet; returns their number. Deleted plans are not created again."""
    if Plan.objects.exists():
        return 0
    return len(Plan.objects.bulk_create(Plan(slug=slug, **values) for slug, values in STARTING_PLANS.items()))


def exclude_model(model_id: str, *, plans: Sequence[Plan]) -> list[str]:
    """Switch a model off for these plans and on for all others; returns the names of the plans without it."""
    with transaction.atomic():
        for plan in Plan.objects.select_for_update().order_by("pk"):
            others = [one for one in plan.excluded_models if one != model_id]
            excluded = [*others, model_id] if plan in plans else others
            if excluded != plan.excluded_models:
                plan.excluded_models = excluded
                plan.save(update_fields=["excluded_models"])
    return [plan.name for plan in plans]


def change_plan(account: Account, *, plan: Plan) -> bool:
    """Put the account on the plan, whose limits its next request has; False if it was on it already."""
    changed = Account.objects.filter(pk=account.pk).exclude(plan=plan).update(plan=plan)
    account.plan = plan
    return bool(changed)


def make_default_plan(plan: Plan) -> None:
    """Make it the plan of new accounts, in place of the one before: there is always exactly one."""
    with transaction.atomic():
        Plan.objects.filter(is_default=True).exclude(pk=plan.pk).update(is_default=False)
        plan.is_default = True
        plan.save(update_fields=["is_default"])

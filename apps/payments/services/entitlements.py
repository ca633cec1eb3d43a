"""Plan of an account by its subscription."""

from datetime import datetime

from django.db import transaction

from apps.accounts.models import Account
from apps.accounts.selectors import get_default_plan
from apps.accounts.services import change_plan
from apps.payments.models import Customer, Subscription
from apps.payments.selectors import entitled_plan


def apply_entitlement(account_id: int, *, now: datetime | None = None) -> bool:
    """Put the account on the plan of its subscription, or back on the plan of new accounts; True if the plan changed.

    A plan that an operator chose meanwhile stays until the subscription itself changes.
    """
    with transaction.atomic():
        customer = Customer.objects.select_for_update().filter(account_id=account_id).first()
        if customer is None:
            return False
        account = Account.objects.get(pk=account_id)
        plans = [entitled_plan(one, now=now) for one in Subscription.objects.select_related("plan__offer").filter(account_id=account_id)]
        found = [plan for plan in plans if plan is not None]
        given = max(found, key=lambda plan: plan.offer.position if hasattr(plan, "offer") else 0, default=None)
        if given is not None and given.pk == customer.given_plan_id:
            return False
        former = customer.given_plan_id
        customer.given_plan = given
        customer.save(update_fields=["given_plan"])
        if given is not None:
            return change_plan(account, plan=given)
        return former is not None and account.plan_id == former and change_plan(account, plan=get_default_plan())

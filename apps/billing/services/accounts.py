"""New accounts, with their balance and bonus."""

from django.db import transaction

from apps.accounts.models import Account, Plan
from apps.accounts.services import register_account
from apps.billing.models import Balance, EntryKind
from apps.billing.services.credits import grant_credits

BONUS_MILLICREDITS = 60_000
"""15,000 characters of any model, the dearest included (4 credits per 1,000)."""


def open_account(*, email: str, name: str = "", plan: Plan | None = None, actor: str) -> Account:
    """A new account that can spend its bonus at once."""
    with transaction.atomic():
        account = register_account(email=email, name=name, plan=plan)
        welcome_account(account, actor=actor)
    return account


def welcome_account(account: Account, *, actor: str) -> None:
    """Give a new account its balance and its bonus; a second call changes nothing."""
    with transaction.atomic():
        _, is_new = Balance.objects.get_or_create(account=account)
        if is_new:
            grant_credits(
                account.pk, amount_millicredits=BONUS_MILLICREDITS, kind=EntryKind.BONUS, reason="Bonus of a new account", actor=actor
            )

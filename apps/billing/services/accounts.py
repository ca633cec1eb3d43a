"""New accounts with a balance and a bonus."""

from django.db import connection, transaction

from apps.accounts.models import Account, Plan
from apps.accounts.selectors import find_account_of
from apps.accounts.services import register_account
from apps.billing.models import Balance, EntryKind
from apps.billing.services.credits import grant_credits

BONUS_MILLICREDITS = 60_000
"""Bonus of a new account: 15,000 characters of any model, including the most expensive (4 credits per 1,000)."""


def open_account(*, email: str, name: str = "", plan: Plan | None = None, actor: str) -> Account:
    """Create an account that can spend its bonus at once."""
    with transaction.atomic():
        account = register_account(email=email, name=name, plan=plan)
        grant_welcome_bonus(account, actor=actor)
    return account


def grant_welcome_bonus(account: Account, *, actor: str) -> None:
    """Give a new account its balance and bonus; idempotent."""
    with transaction.atomic():
        _, is_new = Balance.objects.get_or_create(account=account)
        if is_new:
            grant_credits(
                account.pk, amount_millicredits=BONUS_MILLICREDITS, kind=EntryKind.BONUS, reason="Bonus of a new account", actor=actor
            )


def get_or_create_account(*, email: str, plan: Plan | None, millicredits: int | None, actor: str) -> Account:
    """Find or create the account that this person owns, on this plan. For operators. A new account starts with the credits instead of its
    bonus, an existing one gets them in addition. Concurrent calls for a new person create one account.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # to the end of the caller's transaction: the second then finds the first one's account
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"account_of:{email.strip().lower()}"])
        account = find_account_of(email)
        if account is not None and plan is not None and account.plan_id != plan.pk:
            account.plan = plan
            account.save(update_fields=["plan"])
        if account is None and millicredits is None:
            return open_account(email=email, plan=plan, actor=actor)
        account = account or register_account(email=email, plan=plan)
        if millicredits:
            grant_credits(account.pk, amount_millicredits=millicredits, kind=EntryKind.ADJUSTMENT, reason="Given with a key", actor=actor)
    return account

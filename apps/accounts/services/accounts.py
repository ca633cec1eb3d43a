"""Write operations on accounts and their members."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Account, AccountStatus, Membership, Plan, Role, User
from apps.accounts.selectors import get_default_plan


def register_account(*, email: str, name: str = "", plan: Plan | None = None) -> Account:
    """Create an account owned by the person with this address, and the user if unknown.

    Most callers want apps.billing.services.open_account, which adds the balance and the bonus.
    """
    with transaction.atomic():
        address = email.strip().lower()
        user, _ = User.objects.get_or_create(email=address, defaults={"password": make_password(None)})
        account = Account.objects.create(name=name or address, plan=plan or get_default_plan())
        Membership.objects.create(user=user, account=account, role=Role.OWNER)
    return account


def rename_account(account: Account, *, name: str) -> None:
    account.name = name
    account.save(update_fields=["name"])


def suspend_account(account: Account, *, reason: str, notice: str = "") -> None:
    """Suspend an account: every API call is 403; its data is kept. Its members read the notice, and the reason is the operator's."""
    _set_status(account, status=AccountStatus.SUSPENDED, reason=reason, notice=notice)


def reactivate_account(account: Account) -> None:
    _set_status(account, status=AccountStatus.ACTIVE, reason="")


def close_account(account: Account, *, reason: str) -> None:
    """Close an account: every API call is 403 from now on, and its keys are revoked."""
    _set_status(account, status=AccountStatus.CLOSED, reason=reason[:300])
    account.keys.filter(revoked_at=None).update(revoked_at=timezone.now())


def _set_status(account: Account, *, status: AccountStatus, reason: str, notice: str = "") -> None:
    account.status, account.status_reason, account.suspension_notice = status, reason, notice
    account.save(update_fields=["status", "status_reason", "suspension_notice"])

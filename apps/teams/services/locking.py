"""Checks that every change of members begins with, under a lock of the account."""

from apps.accounts.callers import Caller
from apps.accounts.models import Account, Membership, Role, User
from apps.accounts.roles import Permission
from apps.core.errors import ConflictError, NotFoundError, PermissionDeniedError


def lock_as_owner(caller: Caller) -> tuple[Account, User]:
    """Lock the caller's account in this transaction; the person is still its owner then. Raises 403 otherwise."""
    account, person = Account.objects.select_for_update().get(pk=caller.required_account.pk), caller.user
    membership = Membership.objects.filter(account=account, user=person).first() if person is not None else None
    if person is None or membership is None or membership.role != Role.OWNER or not caller.may(Permission.TEAM):
        raise PermissionDeniedError("Only owners of the account change its members.", code="not_an_owner")
    return account, person


def get_member(account: Account, *, membership_id: int) -> Membership:
    """Membership in this account. Raises 404 for another account's."""
    membership = Membership.objects.select_related("user").filter(account=account, pk=membership_id).first()
    if membership is None:
        raise NotFoundError("There is no such member in this account.")
    return membership


def check_other_owner(account: Account, *, besides: Membership) -> None:
    """Raise 409 if the account would have no owner without this one. Call it under the account's lock."""
    if besides.role == Role.OWNER and not Membership.objects.filter(account=account, role=Role.OWNER).exclude(pk=besides.pk).exists():
        message = "An account needs an owner, and this is the last one. Make another member the owner first."
        raise ConflictError(message, code="last_owner")

"""Members as the operator's admin changes them: with the consequences that an owner's changes have, and the operator as actor."""

from collections.abc import Iterable

from django.db import transaction

from apps.accounts.models import Account, Membership, Role, User
from apps.teams.services.history import record_member_event
from apps.teams.services.members import end_membership, give_role, revoke_keys_of


def add_member(membership: Membership, *, operator: str) -> None:
    """Store a new membership."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=membership.account_id)
        membership.save()
        detail = f"as {membership.role}"
        record_member_event(account, actor=operator, action="added", subject=membership.user.email, detail=detail)


def set_role(membership: Membership, *, role: str, operator: str) -> None:
    """Give a member another role; keys of a role that may make none are revoked."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=membership.account_id)
        stored = Membership.objects.select_related("account", "user").get(pk=membership.pk)
        if stored.role != role:
            give_role(stored, role=role, actor=operator)


def remove_membership(membership: Membership, *, operator: str) -> int:
    """End a membership; returns the number of keys that were revoked with it."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=membership.account_id)
        stored = Membership.objects.select_related("account", "user").get(pk=membership.pk)
        return end_membership(stored, actor=operator)


def revoke_keys_of_person(user: User) -> int:
    """Revoke the keys that a person made, in all of their accounts; returns their number. For a person who is locked out."""
    with transaction.atomic():
        return sum(revoke_keys_of(membership) for membership in Membership.objects.filter(user=user))


def has_other_owner(account_id: int, *, without: Iterable[int]) -> bool:
    """True if the account has an owner besides these memberships."""
    return Membership.objects.filter(account=account_id, role=Role.OWNER).exclude(pk__in=without).exists()

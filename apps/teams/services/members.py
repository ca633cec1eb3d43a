"""Members: change a role, remove, leave, transfer the ownership."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.accounts.models import Account, ApiKey, Membership, Role
from apps.accounts.roles import Permission, has_permission
from apps.accounts.services import revoke_key
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.teams.models import Invitation
from apps.teams.services.history import record_member_event
from apps.teams.services.locking import check_other_owner, get_member, lock_as_owner


def change_role(caller: Caller, *, membership_id: int, role: str, revokes_keys: bool = True) -> Membership:
    """Give a member another role, from their next request on; their keys end with a role that may not make any, unless revokes_keys is False.

    Raises 400, 403, 404, or 409 for the last owner.
    """
    if role not in Role.values:
        raise InvalidRequestError(f"There is no role {role[:50]!r}. Roles are {', '.join(Role.values)}.", param="role")
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        membership = get_member(account, membership_id=membership_id)
        if membership.role == role:
            return membership
        if role != Role.OWNER:
            check_other_owner(account, besides=membership)
        give_role(membership, role=role, actor=person.email, revokes_keys=revokes_keys)
    return membership


def remove_member(caller: Caller, *, membership_id: int, revokes_keys: bool = True) -> int:
    """Remove a member, who loses access with their next request; returns the number of keys that were revoked with it."""
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        membership = get_member(account, membership_id=membership_id)
        check_other_owner(account, besides=membership)
        return end_membership(membership, actor=person.email, revokes_keys=revokes_keys)


def give_role(membership: Membership, *, role: str, actor: str, revokes_keys: bool = True) -> None:
    """Give another role, with its consequences and its entry of the history. Call it under the account's lock, by an owner or the operator."""
    detail = f"from {membership.role} to {role}"
    membership.role = role
    membership.save(update_fields=["role"])
    revoke_invitations_of(membership)
    if revokes_keys and not has_permission(role, Permission.CHANGE):
        detail += _and_keys(revoke_keys_of(membership))
    record_member_event(membership.account, actor=actor, action="changed the role", subject=membership.user.email, detail=detail)


def end_membership(membership: Membership, *, actor: str, action: str = "removed", revokes_keys: bool = True) -> int:
    """End a membership, with its consequences and its entry of the history; returns the number of keys that were revoked.

    Call it under the account's lock: for the member, an owner, or the operator.
    """
    revoked = revoke_keys_of(membership) if revokes_keys else 0
    membership.delete()
    revoke_invitations_of(membership)
    detail = _and_keys(revoked).removeprefix(", ")
    record_member_event(membership.account, actor=actor, action=action, subject=membership.user.email, detail=detail)
    return revoked


def leave_account(caller: Caller) -> None:
    """End the person's own membership; keys that they made end with it. Raises 409 for the last owner."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=caller.required_account.pk)
        membership = Membership.objects.select_related("user").filter(account=account, user=caller.user).first()
        if membership is None:
            raise NotFoundError("You are not a member of this account.")
        check_other_owner(account, besides=membership)
        end_membership(membership, actor=membership.user.email, action="left")


def transfer_ownership(caller: Caller, *, membership_id: int) -> Membership:
    """Make another member the owner; the person who was becomes a developer."""
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        heir = get_member(account, membership_id=membership_id)
        own = Membership.objects.get(account=account, user=person)
        if heir.pk == own.pk:
            raise InvalidRequestError("You are the owner already. Choose another member.", param="membership")
        heir.role, own.role = Role.OWNER, Role.DEVELOPER
        heir.save(update_fields=["role"])
        own.save(update_fields=["role"])
        revoke_invitations_of(own)
        record_member_event(account, actor=person.email, action="transferred the ownership", subject=heir.user.email)
    return heir


def rename_account(caller: Caller, *, name: str) -> Account:
    """Give the account another name. Raises 400 for an empty or too long one."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200 or "\x00" in name:
        raise InvalidRequestError("A name has 1 to 200 characters.", param="name")
    with transaction.atomic():
        account, person = lock_as_owner(caller)
        record_member_event(account, actor=person.email, action="renamed the account", detail=f"to {name}")
        account.name = name
        account.save(update_fields=["name"])
    return account


def revoke_invitations_of(membership: Membership) -> None:
    """End open invitations that a former owner sent: otherwise they come back by one of them. Owners keep theirs."""
    if Membership.objects.filter(account=membership.account_id, user=membership.user_id, role=Role.OWNER).exists():
        return
    sent = Invitation.objects.filter(account=membership.account_id, invited_by=membership.user_id, accepted_at=None, revoked_at=None)
    sent.update(revoked_at=timezone.now())


def _and_keys(revoked: int) -> str:
    return f", and revoked {revoked} of their keys" if revoked else ""


def revoke_keys_of(membership: Membership) -> int:
    """Revoke the keys that the member made in the account; returns their number."""
    keys = list(ApiKey.objects.filter(account=membership.account_id, created_by=membership.user_id, revoked_at=None))
    for key in keys:
        revoke_key(key)
    return len(keys)

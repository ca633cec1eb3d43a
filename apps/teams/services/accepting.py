"""Accepting an invitation: once, by the person whose verified address was invited."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import AccountStatus, Membership, Role, User
from apps.core.errors import ApplicationError, ConflictError, NotFoundError, PermissionDeniedError
from apps.teams.models import Invitation
from apps.teams.services.history import record_member_event


class InvitationEndedError(ApplicationError):
    """The invitation was accepted, revoked or has expired."""

    status = 410
    code = "invitation_ended"


def accept_invitation(user: User, *, invitation_id: int) -> Membership:
    """Make the person a member. Of two calls at once one succeeds. Raises 403 for another address, 409 for a member, 410 once it ended."""
    with transaction.atomic():
        invitation = _lock(invitation_id)
        check_address(user, invitation)
        if invitation.account.status == AccountStatus.CLOSED:
            raise InvitationEndedError("The account of this invitation was closed.")
        check_inviter(invitation)
        membership, is_new = Membership.objects.get_or_create(user=user, account=invitation.account, defaults={"role": invitation.role})
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
        if is_new:
            record_member_event(invitation.account, actor=user.email, action="joined", subject=user.email, detail=f"as {invitation.role}")
    if not is_new:
        raise ConflictError("You are a member of this account already.", code="already_a_member")
    return membership


def decline_invitation(user: User, *, invitation_id: int) -> None:
    """End the invitation. Raises 403 for another address, 410 once it ended."""
    with transaction.atomic():
        invitation = _lock(invitation_id)
        check_address(user, invitation)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record_member_event(invitation.account, actor=user.email, action="declined the invitation", subject=invitation.email)


def check_address(user: User, invitation: Invitation) -> None:
    """Raise 403 unless the invited address is one that this person has verified."""
    if not EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists():
        message = f"This invitation is for {invitation.email}, and you are logged in as {user.email}. Log in with the invited address."
        raise PermissionDeniedError(message, code="another_address")


def check_inviter(invitation: Invitation) -> None:
    """Raise 410 unless who invited may still do so: is an owner of the account now."""
    if not Membership.objects.filter(account=invitation.account_id, user=invitation.invited_by_id, role=Role.OWNER).exists():
        raise InvitationEndedError("Who invited you is no owner of this account any more. Ask for a new invitation.")


def check_open(invitation: Invitation) -> None:
    """Raise 410 for an invitation that was accepted, revoked or has expired."""
    if invitation.accepted_at is not None:
        raise InvitationEndedError("This invitation was accepted already.")
    if invitation.revoked_at is not None:
        raise InvitationEndedError("This invitation was withdrawn. Ask for a new one.")
    if invitation.expires_at <= timezone.now():
        raise InvitationEndedError("This invitation has expired. Ask for a new one.")


def _lock(invitation_id: int) -> Invitation:
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("account").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError("There is no such invitation.")
    check_open(invitation)
    return invitation

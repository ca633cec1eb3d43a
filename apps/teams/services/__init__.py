"""Write operations: invite, accept, change roles, remove, leave, transfer."""

from apps.teams.services.accepting import accept_invitation, decline_invitation
from apps.teams.services.invitations import forget_invitations, invite_person, resend_invitation, revoke_invitation
from apps.teams.services.members import change_role, leave_account, remove_member, rename_account, transfer_ownership

__all__ = [
    "accept_invitation",
    "change_role",
    "decline_invitation",
    "forget_invitations",
    "invite_person",
    "leave_account",
    "remove_member",
    "rename_account",
    "resend_invitation",
    "revoke_invitation",
    "transfer_ownership",
]

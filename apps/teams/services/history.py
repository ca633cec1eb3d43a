"""History of an account's members. One function writes it, so that an operator's audit may read or repeat it in one place."""

from apps.accounts.models import Account
from apps.teams.models import MemberEvent


def record_member_event(account: Account, *, actor: str, action: str, subject: str = "", detail: str = "") -> MemberEvent:
    """Record in the caller's transaction what a member did."""
    return MemberEvent.objects.create(account=account, actor=actor[:254], action=action, subject=subject[:254], detail=detail[:200])

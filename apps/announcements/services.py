"""Writes of announcements."""

from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Account, User
from apps.announcements.models import Announcement, Dismissal, Level
from apps.core.errors import NotFoundError


def dismiss(announcement_id: int, *, user: User) -> None:
    """Hide an announcement from this person for ever. Idempotent. 404 for one that cannot be dismissed."""
    reachable = Q(account=None) | Q(account__memberships__user=user)
    if not Announcement.objects.filter(reachable, pk=announcement_id, is_dismissible=True).exists():
        raise NotFoundError(f"There is no announcement {announcement_id} to dismiss.")
    Dismissal.objects.get_or_create(announcement_id=announcement_id, user=user)


def announce_to_account(account: Account, *, text: str, level: Level, ends_at: datetime | None = None, link: str = "") -> Announcement:
    """Show a text to the members of one account."""
    return Announcement.objects.create(account=account, text=text[:500], level=level, ends_at=ends_at, link=link)

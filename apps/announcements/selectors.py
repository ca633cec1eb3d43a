"""Announcements that a person sees."""

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from apps.accounts.models import Account, User
from apps.announcements.models import Announcement, Dismissal, Level

SHOWN: int = 5
"""Most announcements at once."""


def list_announcements(account: Account | None, *, user: User) -> list[Announcement]:
    """Current announcements for a member of the account that the person did not dismiss: problems first, then the newest. One query."""
    now = timezone.now()
    plans = Announcement.plans.through.objects.filter(announcement=OuterRef("pk"))
    for_all = Q(account=None) & ~Q(Exists(plans))
    audience = for_all
    if account is not None:
        audience |= Q(account=account) | (Q(account=None) & Q(Exists(plans.filter(plan=account.plan_id))))
    dismissed = Dismissal.objects.filter(announcement=OuterRef("pk"), user=user)
    rows: QuerySet[Announcement] = Announcement.objects.filter(audience, Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)
    urgency = Case(
        When(level=Level.PROBLEM, then=Value(0)), When(level=Level.WARNING, then=Value(1)), default=Value(2), output_field=IntegerField()
    )
    return list(rows.exclude(Q(is_dismissible=True) & Exists(dismissed)).order_by(urgency, "-id")[:SHOWN])

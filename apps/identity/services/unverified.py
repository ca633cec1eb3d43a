"""People who signed up and never verified their address: they hold an address that may be another person's."""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.accounts.models import Membership, User

UNVERIFIED_DAYS: Final = 7
BATCH: Final = 500


def forget_unverified_people(*, now: datetime | None = None) -> int:
    """Delete people who signed up a week ago, never logged in, and belong to no account; returns their number. Ended sessions go too."""
    now = now or timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    unverified = EmailAddress.objects.filter(user=OuterRef("pk"), verified=False)
    members = Membership.objects.filter(user=OuterRef("pk"))
    old = User.objects.filter(last_login=None, is_staff=False, created_at__lt=now - timedelta(days=UNVERIFIED_DAYS))
    found = old.filter(Exists(unverified), ~Exists(verified), ~Exists(members)).values_list("pk", flat=True)[:BATCH]
    people = User.objects.filter(pk__in=list(found))
    count = people.count()
    people.delete()
    return count

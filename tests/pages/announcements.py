"""Rows of apps/announcements/urls.py."""

from apps.accounts.models import Account
from apps.announcements.models import Announcement
from tests.pages.table import Owned, post


def an_announcement(account: Account) -> Owned:
    """Announcement to everybody."""
    return Owned(path={"announcement_id": str(Announcement.objects.create(text="News.").pk)})


ROWS = [post("announcements/<announcement_id>/dismiss/", access="anybody", owns=an_announcement, stranger=302)]

"""Rows of apps/pronunciations/urls.py."""

from apps.accounts.models import Account
from apps.pronunciations.models import Pronunciation
from tests.routes.table import Owned, row


def entry_of(account: Account) -> Pronunciation:
    return Pronunciation.objects.create(account=account, word="SQL", replacement="sequel")


def an_entry(account: Account) -> Owned:
    return Owned(query={"id": str(entry_of(account).pk)})


def a_listed_entry(account: Account) -> Owned:
    return Owned(shown=entry_of(account).replacement)


ROWS = [
    row("pronunciations/", "GET", scope="tts:generate", owns=a_listed_entry),
    row("pronunciations/", "POST", scope="tts:generate", owns=None, body={"word": "GIF", "replacement": "jiff"}),
    row("pronunciations/", "DELETE", scope="tts:generate", owns=an_entry),
]

"""Reads of the app, always scoped to an account."""

from django.db.models import QuerySet

from apps.accounts.models import Account
from apps.core.errors import NotFoundError
from apps.pronunciations.models import Pronunciation
from workers.contract.markup import PronunciationRule


def list_pronunciations(account: Account) -> QuerySet[Pronunciation]:
    """The account's dictionary, ordered by word."""
    return Pronunciation.objects.filter(account=account).order_by("word", "pk")


def get_pronunciation(account: Account, *, pk: int) -> Pronunciation:
    """One entry of the account. Raises NotFoundError."""
    entry = Pronunciation.objects.filter(account=account, pk=pk).first()
    if entry is None:
        raise NotFoundError(f"There is no pronunciation {pk}.", param="id")
    return entry


def account_rules(account_id: int) -> tuple[PronunciationRule, ...]:
    """The dictionary as rules for the worker, in one query."""
    rows = (
        Pronunciation.objects.filter(account_id=account_id).order_by("pk").values_list("word", "replacement", "language", "case_sensitive")
    )
    return tuple(PronunciationRule(*row) for row in rows)

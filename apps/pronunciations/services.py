"""Writes of the app."""

from typing import Any

from django.db import transaction

from apps.accounts.models import Account
from apps.core.errors import InvalidRequestError
from apps.pronunciations.models import Pronunciation
from workers.text.pronunciations import MOST_RULES, PronunciationError, read_rule


def set_pronunciation(account: Account, *, entry: dict[str, Any]) -> Pronunciation:
    """Add or replace the entry of this word, language and case rule. 400 for an invalid rule, or beyond 200 entries."""
    try:
        rule = read_rule(entry)
    except PronunciationError as error:
        raise InvalidRequestError(error.message, code="invalid_pronunciation") from None
    same = {"language": rule.language, "case_sensitive": rule.case_sensitive}
    spelled = {"word": rule.word} if rule.case_sensitive else {"word__iexact": rule.word}
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two requests at once must not pass the limit together
        known = Pronunciation.objects.filter(account=account, **spelled, **same).first()
        if known is not None:
            known.word, known.replacement = rule.word, rule.replacement
            known.save(update_fields=["word", "replacement"])
            return known
        if Pronunciation.objects.filter(account=account).count() >= MOST_RULES:
            raise InvalidRequestError(f"A dictionary has {MOST_RULES} entries at most; delete one first.", code="too_many_pronunciations")
        return Pronunciation.objects.create(account=account, word=rule.word, replacement=rule.replacement, **same)

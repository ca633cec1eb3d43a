"""Writes of the app."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from apps.accounts.models import Account
from apps.core.errors import ConflictError, InvalidRequestError
from apps.pronunciations.models import Pronunciation
from apps.pronunciations.selectors import get_pronunciation
from workers.contract.markup import PronunciationRule
from workers.text.pronunciations import MOST_RULES, PronunciationError, read_rule


def set_pronunciation(account: Account, *, entry: Mapping[str, Any]) -> Pronunciation:
    """Add or replace the entry of this word, language and case rule. 400 for an invalid rule, or beyond 200 entries."""
    rule = _rule_of(entry)
    with transaction.atomic():
        _lock(account)
        return _set(account, rule)


def change_pronunciation(account: Account, *, pk: int, entry: Mapping[str, Any]) -> Pronunciation:
    """Replace one entry by another. 400 for an invalid rule, 404, 409 pronunciation_exists if another entry has the word."""
    rule = _rule_of(entry)
    with transaction.atomic():
        _lock(account)
        known = get_pronunciation(account, pk=pk)
        known.word, known.replacement = rule.word, rule.replacement
        known.language, known.case_sensitive = rule.language, rule.case_sensitive
        try:
            with transaction.atomic():
                known.save(update_fields=["word", "replacement", "language", "case_sensitive"])
        except IntegrityError:
            message = f"Another entry has the word {rule.word!r} already. Change that one."
            raise ConflictError(message, code="pronunciation_exists", param="word") from None
    return known


def delete_pronunciation(account: Account, *, pk: int) -> Pronunciation:
    """Delete an entry and return what it was. 404."""
    entry = get_pronunciation(account, pk=pk)
    Pronunciation.objects.filter(pk=entry.pk).delete()
    return entry


def import_pronunciations(account: Account, *, entries: Sequence[Mapping[str, Any]]) -> int:
    """Add or replace all entries, or none: 400 naming the first invalid line, counted from 1. Returns their number."""
    rules = [_rule_of(entry, line=line) for line, entry in enumerate(entries, start=1)]
    with transaction.atomic():
        _lock(account)
        for rule in rules:
            _set(account, rule)
    return len(rules)


def _set(account: Account, rule: PronunciationRule) -> Pronunciation:
    same = {"language": rule.language, "case_sensitive": rule.case_sensitive}
    spelled = {"word": rule.word} if rule.case_sensitive else {"word__iexact": rule.word}
    known = Pronunciation.objects.filter(account=account, **spelled, **same).first()
    if known is not None:
        known.word, known.replacement = rule.word, rule.replacement
        known.save(update_fields=["word", "replacement"])
        return known
    if Pronunciation.objects.filter(account=account).count() >= MOST_RULES:
        raise InvalidRequestError(f"A dictionary has {MOST_RULES} entries at most; delete one first.", code="too_many_pronunciations")
    return Pronunciation.objects.create(account=account, word=rule.word, replacement=rule.replacement, **same)


def _rule_of(entry: Mapping[str, Any], *, line: int | None = None) -> PronunciationRule:
    try:
        return read_rule(entry)
    except PronunciationError as error:
        place = "" if line is None else f"Line {line}: "
        raise InvalidRequestError(f"{place}{error.message}", code="invalid_pronunciation") from None


def _lock(account: Account) -> None:
    """Two requests at once must not pass the limit together."""
    Account.objects.select_for_update().get(pk=account.pk)

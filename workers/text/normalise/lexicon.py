"""Word lists for reading capitals, one lexicon per language: ordinary words, names, acronyms and initials."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.tables import load_table

LONGEST_INITIALS: Final = 5
"""Longer words are read as words whatever consonants they begin with."""
VOWELS: Final = "AEIOUYÀÁÂÄÃÅÈÉÊËÌÍÎÏÒÓÔÖÕÙÚÛÜŒÆ"
EDGES: Final = re.compile(rf"([^{VOWELS}]*)[{VOWELS}](?:.*[{VOWELS}])?([^{VOWELS}]*)")


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Word that is also initials, and the neighbours that distinguish them, in lower case."""

    is_initials: bool
    """Default reading of a single one among lower-case words."""
    initials_after: frozenset[str] = frozenset()
    initials_before: frozenset[str] = frozenset()
    word_after: frozenset[str] = frozenset()
    word_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AccentRule:
    """Accented word whose unaccented capitals are another word, and the neighbours that require the accent."""

    word: str
    before: frozenset[str]
    behind: frozenset[str]
    endings: tuple[str, ...]
    """Endings of the following word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of one language."""

    words: frozenset[str]
    """Ordinary words of up to three letters, in small letters."""
    proper: dict[str, str]
    """Names, months, weekdays and titles by their capitals."""
    titles: frozenset[str]
    """Capitals of titles without a full stop, which a name follows."""
    abbreviations: dict[str, str]
    """Abbreviations with a full stop by their capitals."""
    ambiguous: dict[str, Ambiguity]
    acronyms: frozenset[str]
    """Acronyms read as words."""
    lowered_acronyms: frozenset[str]
    """Acronyms that the G2P reads only in lower case."""
    initials: frozenset[str]
    accented: dict[str, str]
    """Accented words by their capitals without accents."""
    accent_rules: dict[str, AccentRule]
    letter_before: frozenset[str] = frozenset()
    """Words that a single letter follows: plan A."""


def _words(table: dict[str, Any], key: str) -> frozenset[str]:
    return frozenset(str(table.get(key, "")).split())


@cache
def find_lexicon(language: Language) -> Lexicon:
    """Word lists of the language, with the names and abbreviations of its other rules."""
    shared, own = load_table("capitals")["shared"], load_table("capitals").get(language.code, {})
    names = [*_words(own, "names"), *language.months, *language.weekdays, *language.weekdays.values(), *language.roman_names]
    dotted = {name for name in language.abbreviations if name.endswith(".") and name[:-1].isalpha() and len(name) > 2}
    plain = {name for name, words in language.abbreviations.items() if name.isalpha() and len(name) > 1 and words[0] == "*"}
    return Lexicon(
        words=_words(own, "words"),
        proper={name.upper(): name for name in sorted([*names, *plain]) if not name.islower()},
        titles=frozenset(name.upper() for name in plain),
        abbreviations={name.upper(): name for name in sorted(dotted, key=lambda name: (name[0].isupper(), name))},
        ambiguous={word: _ambiguity(fields) for word, fields in own.get("ambiguous", {}).items()},
        acronyms=_words(shared, "acronyms"),
        lowered_acronyms=_words(own, "lowered_acronyms"),
        initials=_words(shared, "initials"),
        accented=_accented(own),
        accent_rules={word: _accent_rule(fields) for word, fields in own.get("accents", {}).items()},
        letter_before=_words(own, "letter_before"),
    )


def _accented(table: dict[str, Any]) -> dict[str, str]:
    """Listed words, and short ones that are no other word without their accents."""
    words = _words(table, "words")
    found: dict[str, str] = {}
    for word in sorted(words):
        plain = _without_accents(word)
        if plain not in words and len(word) > 1:
            found[plain.upper()] = "" if plain.upper() in found else word
    listed = {_without_accents(word).upper(): word for word in _words(table, "accented")}
    return {capitals: word for capitals, word in (found | listed).items() if word}


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("œ", "oe"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _accent_rule(fields: dict[str, Any]) -> AccentRule:
    return AccentRule(fields["word"], _words(fields, "before"), _words(fields, "behind"), tuple(fields["endings"].split()))


def _ambiguity(fields: dict[str, Any]) -> Ambiguity:
    return Ambiguity(
        is_initials=fields["initials"],
        initials_after=_words(fields, "initials_after"),
        initials_before=_words(fields, "initials_before"),
        word_after=_words(fields, "word_after"),
        word_before=_words(fields, "word_before"),
    )


@cache
def _edges() -> tuple[frozenset[str], frozenset[str]]:
    shared = load_table("capitals")["shared"]
    return _words(shared, "onsets"), _words(shared, "codas")


def is_pronounceable(word: str) -> bool:
    """True if a word in capitals has a vowel and, if short, begins and ends like a word."""
    match = EDGES.fullmatch(word)
    if not match:
        return False
    onsets, codas = _edges()
    is_begun = len(match[1]) < 2 or match[1].lower() in onsets
    is_ended = len(match[2]) < 2 or match[2].lower() in codas
    return len(word) > LONGEST_INITIALS or (is_begun and is_ended)

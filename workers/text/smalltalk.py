"""The few things that can be answered without a language model, in six languages: greetings, the time, the date, sums."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext
from functools import cache
from types import MappingProxyType
from typing import Final

from workers.text.language import detect_language
from workers.text.normalise.languages import find_language
from workers.text.smalltalk_phrases import PHRASES, Phrases

READ_CHARACTERS: Final = 500
"""Characters of the message that are read: small talk is short."""
DIGITS: Final = 15
"""Most digits of an operand and of a result."""
LARGEST_WORD: Final = 100
"""Numbers up to here are understood as words too."""
NUMBER: Final = re.compile(rf"-?\d{{1,{DIGITS}}}(?:[.,]\d{{1,{DIGITS}}})?")
WORD: Final = re.compile(r"\w{1,40}")
TIGHT: Final = frozenset("+-*×÷")
"""Signs that may stand between two numbers without a space, as recognisers write sums; 24/7 and 3x3 are none."""
BEFORE, BEHIND = r"(?<![\d.,])", r"(?![\d.,]*\d)"
ALONE_BEFORE, ALONE_BEHIND = r"(?<![\d.,+*/×÷-])", r"(?![\d.,+*/×÷-]*\d)"
"""Context of sums without spaces; parts of dates and telephone numbers do not match."""


@dataclass(frozen=True, slots=True)
class Smalltalk:
    """An answer and the language that it is in."""

    text: str
    language: str
    is_understood: bool
    """False where nothing but the notice could be said."""


def answer_smalltalk(text: str, *, language: str, now: datetime) -> Smalltalk:
    """Answer as far as is honestly possible, and always say that there is no language model.

    language: primary tag, or empty where it is to be told by the text. now: with its time zone.
    """
    said = text[:READ_CHARACTERS]
    chosen = language if language in PHRASES else detect_language(said, among=list(PHRASES), preferred="en")
    phrases = PHRASES[chosen]
    reply = (
        _sum(said, language=chosen, phrases=phrases) or _time_or_date(said, phrases=phrases, now=now) or _courtesy(said, phrases=phrases)
    )
    return Smalltalk(f"{reply} {phrases.notice}".strip(), chosen, bool(reply))


def _courtesy(said: str, *, phrases: Phrases) -> str:
    words = _words(said)
    return next((reply for triggers, reply in phrases.courtesies if any(_has(words, trigger) for trigger in triggers)), "")


def _time_or_date(said: str, *, phrases: Phrases, now: datetime) -> str:
    words = _words(said)
    language = find_language(phrases.language)
    if language is None:
        return ""
    values = {
        "time": f"{now:%H:%M}",
        "zone": now.tzname() or "UTC",
        "weekday": phrases.weekdays[now.weekday()],
        "day": str(now.day),
        "month": language.months[now.month - 1],
        "year": str(now.year),
    }
    if any(_has(words, trigger) for trigger in phrases.asks_time):
        return phrases.time.format(**values)
    if any(_has(words, trigger) for trigger in phrases.asks_date):
        return phrases.date.format(**values)
    return ""


def _sum(said: str, *, language: str, phrases: Phrases) -> str:
    """`17 plus 25 is 42.`: two numbers with an operation between them, in figures or in words."""
    text = _with_figures(said.lower(), language=language)
    for sign, names in phrases.operations.items():
        between, tight = ("|".join(map(re.escape, among)) for among in (names, TIGHT.intersection(names)))
        found = re.search(rf"{BEFORE}({NUMBER.pattern})\s{{1,3}}(?:{between})\s{{1,3}}({NUMBER.pattern}){BEHIND}", text)
        if tight and not found:
            found = re.search(rf"{ALONE_BEFORE}({NUMBER.pattern})(?:{tight})({NUMBER.pattern}){ALONE_BEHIND}", text)
        if found:
            first, second = _number(found[1], language=language), _number(found[2], language=language)
            result = _reckon(first, sign, second)
            if result is None:
                return ""
            shown = [_shown(value, language=language) for value in (first, second, result)]
            return f"{shown[0]} {names[0]} {shown[1]} {phrases.equals} {shown[2]}."
    return ""


def _reckon(first: Decimal, sign: str, second: Decimal) -> Decimal | None:
    with localcontext() as context:
        context.prec = 2 * DIGITS + 2
        try:
            result = {
                "+": lambda: first + second,
                "-": lambda: first - second,
                "*": lambda: first * second,
                "/": lambda: round(first / second, 6),
            }[sign]()
        except (DivisionByZero, InvalidOperation):
            return None
    return result if abs(result) < Decimal(10) ** DIGITS else None


def _number(text: str, *, language: str) -> Decimal:
    """A number as the language writes it; a mark with exactly three digits behind it parts thousands where it is not the decimal one."""
    mark = _decimal_mark(language)
    other = "," if mark == "." else "."
    if re.fullmatch(rf"-?\d{{1,3}}\{other}\d{{3}}", text):
        return Decimal(text.replace(other, ""))
    return Decimal(text.replace(",", "."))


def _shown(value: Decimal, *, language: str) -> str:
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return plain.replace(".", _decimal_mark(language))


def _decimal_mark(language: str) -> str:
    known = find_language(language)
    return known.decimal_mark if known else "."


def _with_figures(text: str, *, language: str) -> str:
    figures = _number_words(language)
    return WORD.sub(lambda word: figures.get(word[0], word[0]), text)


@cache
def _number_words(language: str) -> Mapping[str, str]:
    """Single words of numbers: `seventeen` is 17; what takes several words is written in figures by every recogniser."""
    known = find_language(language)
    words = {known.cardinal(number): str(number) for number in range(LARGEST_WORD + 1)} if known else {}
    return MappingProxyType({word: figure for word, figure in words.items() if WORD.fullmatch(word)})


def _words(text: str) -> str:
    """The words alone, in lower case without accents, each between spaces."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter))
    return f" {' '.join(WORD.findall(plain))} "


def _has(words: str, trigger: str) -> bool:
    return _words(trigger) in words

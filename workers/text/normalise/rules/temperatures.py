"""Temperatures without a degree sign: 190C, 375 F."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.attributive import is_attributive
from workers.text.normalise.rules.measures import say_attributive
from workers.text.normalise.tables import load_table

SCALE: Final = re.compile(r"( ?)([CF])(?![^\W_]|['’&+#]\w|[/-][^\W\d_]|[+#])")
ANOTHER: Final = re.compile(r" ?(?:[-–/]|to|and|or) ?-?\d{1,3} ?[CF](?![^\W_])")
NEAR_CHARACTERS: Final = 60
"""Characters on both sides of a temperature in which words about heat are searched."""
WORD: Final = re.compile(r"[^\W\d_]+")
HOTTEST: Final = 1000
"""Most degrees; above it a letter after a number is a name."""


@cache
def _words(language: str, key: str) -> frozenset[str]:
    return frozenset(load_table("temperatures").get(language, {}).get(key, "").split())


def read_temperature(context: Context, number: Number, *, start: int, end: int) -> Reading | None:
    """Degrees Celsius or Fahrenheit, if the surrounding words or the number itself indicate a temperature."""
    match = SCALE.match(context.text, end)
    noun = context.language.units.get(f"°{match[2]}") if match else None
    if not match or not noun or not _is_temperature(context, number, match, start=start):
        return None
    if is_attributive(context, start, match.end(), is_attached=False):
        return Reading(match.end(), say_attributive(context.language, number, noun))
    return Reading(match.end(), context.language.count(number, noun))


def _is_temperature(context: Context, number: Number, match: re.Match[str], *, start: int) -> bool:
    code = context.language.code
    before = context.word_before(start)
    if before.lower() in _words(code, "labels") or not number.is_counted or int(number.digits) >= HOTTEST:
        return False
    is_introduced = before.lower() in _words(code, "before") | _words(code, "near")
    if not before.islower() and before and not is_introduced:  # a Cessna 150F
        return False
    is_near = _is_near(context, start=start, end=match.end())
    follows = context.word_after(match.end())
    if match[1]:
        return is_near and (is_introduced or not before or context.character(start - 1) in "(/")
    if is_near or number.sign or ANOTHER.match(context.text, match.end()):
        return True
    is_large = len(number.digits) > 2 or bool(number.fraction)
    return not follows[:1].isupper() and (is_introduced or is_large) and len(number.digits) > 1


def _is_near(context: Context, *, start: int, end: int) -> bool:
    """True if a word about heat stands near the number."""
    beside = context.text[max(0, start - NEAR_CHARACTERS) : start] + " " + context.text[end : end + NEAR_CHARACTERS]
    return not _words(context.language.code, "near").isdisjoint(word.lower() for word in WORD.findall(beside))

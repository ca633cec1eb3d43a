"""English units before the noun they describe: a small 40cm gap, two 10-ft poles."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context
from workers.text.normalise.tables import load_table

FOLLOWING: Final = re.compile(r" ([^\W\d_]{2,30}(?:-[a-z]{2,20})?)(?:( )([^\W\d_]{2,30}))?")
PRECEDING: Final = re.compile(r"([A-Za-z]+(?:-[a-z]+)?)(['’]s?)?,? $")
FIRST_OF_TWO: Final = re.compile(r"\d[\d.,]{0,12}(?: ?[-–] ?| to |(?:[\"”″']| ?[a-z]{1,3})? ?[x×] ?)$")
"""First number of a range or size, with the sign or word before the second."""
HYPHENATED: Final = re.compile(r"-[^\W\d_]")
SIZE_GOES_ON: Final = re.compile(r" ?[x×] ?\d")
MOST_ADJECTIVES: Final = 3
LOOK_BACK: Final = 32
"""Characters searched backwards for a preceding word."""
SINGULAR_ENDS: Final = ("ss", "us", "is")


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(load_table("attributive")[key].split())


def is_attributive(context: Context, start: int, end: int, *, is_attached: bool) -> bool:
    """True if the number from `start` and its unit up to `end` describe the following noun.

    is_attached: no space separates the number from the unit, which distinguishes a "10ft pole" from "10 ft down" without an article.
    """
    if context.language.code != "en":
        return False
    if HYPHENATED.match(context.text, end):
        return True
    if SIZE_GOES_ON.match(context.text, end):
        return is_determined(context, start)
    match = FOLLOWING.match(context.text, end)
    noun = match[1].lower() if match else ""
    if not match or noun in _words("not_nouns") or noun.endswith("ly"):
        return False
    if noun in _words("dimensions"):
        is_noun_next = bool(match[3]) and match[3].lower() not in _words("not_nouns")
        return is_noun_next and is_determined(context, start)
    return is_determined(context, start) or _is_counted_noun(context, match[1], start=start, is_attached=is_attached)


def _is_counted_noun(context: Context, noun: str, *, start: int, is_attached: bool) -> bool:
    """True if the unit before a noun without an article describes it: 10ft pole, in 5 kg bags, but 200g flour."""
    is_plural = noun.endswith("s") and not noun.endswith(SINGULAR_ENDS)
    is_grouped = is_plural and context.word_before(start).lower() in _words("groups")
    return noun.islower() and noun not in _words("masses") and (is_attached or is_grouped)


def is_determined(context: Context, position: int) -> bool:
    """True if an article or another determiner precedes the position, with only adjectives between."""
    first = FIRST_OF_TWO.search(context.text[max(0, position - LOOK_BACK) : position])
    position -= len(first[0]) if first else 0
    for _ in range(MOST_ADJECTIVES + 1):
        match = PRECEDING.search(context.text[max(0, position - LOOK_BACK) : position])
        if not match:
            return False
        word = match[1].lower()
        if word in _words("determiners") or (match[2] and word not in _words("contracted")):
            return True
        if word not in _words("adjectives") and not word.endswith(tuple(_words("adjective_ends"))):
            return False
        position -= len(match[0])
    return False

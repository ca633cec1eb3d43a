"""Durations written together (2h30m, 1h 15min, 2d 4h), and decades that look like seconds."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.nouns import Noun, parse_gender
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.times import DURATION_LANGUAGES
from workers.text.normalise.tables import alternation, load_table

END: Final = r"(?![^\W_])"
DAYS, HOURS, MINUTES, SECONDS = (alternation(load_table("durations")["units"][name]) for name in ("days", "hours", "minutes", "seconds"))
DURATION: Final = re.compile(
    rf"(?:(\d{{1,4}})\s?{DAYS}\s?)?(?:(\d{{1,4}})\s?{HOURS}\s?)?(?:(\d{{1,3}})\s?{MINUTES}\s?)?(?:(\d{{1,3}})\s?{SECONDS}\s?)?(?<=[a-z]){END}"
)
HOURS_AND_MINUTES: Final = re.compile(rf"()(\d{{1,4}}){HOURS}(\d{{2}})(){END}")
"""2h30: the only form without a letter after the minutes."""
DECADE: Final = re.compile(r"(\d{2}|\d{4})['’]?s(?![^\W_])")
HYPHENATED: Final = re.compile(rf"{alternation(load_table('durations')['hyphenated'])}-$", re.IGNORECASE)


@cache
def _day(language: str) -> Noun:
    gender, singular, plural = load_table("durations")["days"][language]
    return Noun(singular, plural, parse_gender(gender))


@cache
def _decade_words(key: str) -> frozenset[str]:
    return frozenset(load_table("durations")["decades"][key].split())


def read_duration(context: Context, position: int) -> Reading | None:
    """Two or more units of time, the larger one first."""
    match = DURATION.match(context.text, position)
    if not match or sum(part is not None for part in match.groups()) < 2:
        match = HOURS_AND_MINUTES.match(context.text, position)
    units, language = context.language.units, context.language
    if not match or not {"h", "min", "s"} <= units.keys():
        return None
    nouns = (_day(language.code), units["h"], units["min"], units["s"])
    counted = [
        language.count(Number(str(int(digits))), noun)
        for digits, noun in zip(match.groups(), nouns, strict=True)
        if digits and (int(digits) or noun is units["h"])
    ]
    if not language.has_spaces:
        return Reading(_end(match), "".join(counted))
    if language.code in DURATION_LANGUAGES:
        return Reading(_end(match), f"{' '.join(counted[:-1])} {language.and_} {counted[-1]}")
    return Reading(_end(match), " ".join(counted))


def _end(match: re.Match[str]) -> int:
    return match.start() + len(match[0].rstrip())


def read_decade(context: Context, position: int) -> Reading | None:
    """Decade, English only: 1990s, the 80s. After other words than these 90s are seconds."""
    match = DECADE.match(context.text, position) if context.language.code == "en" else None
    if not match or match[1][-1] != "0" or match[1] == "10":
        return None
    if len(match[1]) == 2 and not _is_decade(context, position, match.end()):
        return None
    words = context.language.year(int(match[1])) if len(match[1]) == 4 else context.language.cardinal(int(match[1]))
    return Reading(match.end(), f"{words[:-1]}ies" if words.endswith("y") else f"{words}s")


def _is_decade(context: Context, position: int, end: int) -> bool:
    before = context.text[max(0, position - 6) : position]
    return (
        context.text[end - 2] in "'’"
        or before[-1:] in {"'", "’", "‘"}
        or HYPHENATED.search(before) is not None
        or (context.word_before(position).lower() in _decade_words("before") and not _is_time_span(context, end))
        or context.word_after(end).lower() in _decade_words("behind")
    )


def _is_time_span(context: Context, end: int) -> bool:
    """True if a noun that seconds describe follows: the 30s timer."""
    return context.word_after(end).lower() in _decade_words("spans")

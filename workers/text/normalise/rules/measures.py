"""Units after a number, including the marks of feet and inches."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Noun, word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.attributive import is_attributive
from workers.text.normalise.rules.money import append_relation
from workers.text.normalise.rules.quotes import is_closing_quote
from workers.text.normalise.tables import alternation, load_table
from workers.text.normalise.written_numbers import read_number

STOPPED: Final = word_set(load_table("units/shared")["stopped"])
"""Units written with a full stop, which figures may follow within a sentence."""
TAIL_SPACE: Final = r"[ \u00a0\u202f]?"
MINUTES: Final = re.compile(r"\d\s?h(?:rs?|ours?)?\.?\s?\d{1,2}$")
FEET_AND_INCHES: Final = re.compile(
    r"(\d{1,3})(?:['’]|[ -]?ft\.?)[ -]?(?=\d)(\d{1,2}(?:[.,]\d{1,2})?)(½|¼|¾)?"
    r"(?:[\"”″]|''|’’|[ -]?in(?:\.(?= [^\W\d_A-Z]|,))?(?![^\W_])|(?<=['’]\d)(?![\d\w])|(?<=['’]1[01])(?![\d\w]))(?!\w)"
)
"""5' 10", 5'10.5", 6'2, 5ft 10in."""
FEET: Final = re.compile(r"(\d{1,5})['’](?=[ .,;:!?)]|-[^\W\d_]|$)")
INCH_MARK: Final = re.compile(r"[\"”″]|''|’’")
INCHES: Final = re.compile(
    r"in(?![^\W_])(?:\.(?= [a-z(]|,))?|[ \u00a0]in\.(?= [a-z(]|,)"
    rf"|[ \u00a0]in(?= {alternation(load_table('measures')['behind_inches'])}\b)"
)
WORD_BEHIND: Final = re.compile(r"(?!x\s?\d)\w")
LETTER_BEHIND: Final = re.compile(r"[ -][^\W\d_]")


@cache
def _unit_pattern(language: Language) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(language.units, key=len, reverse=True)))
    end = r"(?![^\W_])" if language.has_spaces else r"(?![A-Za-z0-9])"
    return re.compile(rf"{TAIL_SPACE}({names}){end}(?!['’][^\W\d_])")


def read_unit(context: Context, position: int) -> tuple[Noun, int] | None:
    """Unit at the position or after a space, and its end."""
    match = _unit_pattern(context.language).match(context.text, position)
    if not match:
        return None
    return context.language.units[match[1]], match.end() + _has_stop(context, match[1], match.end())


def _has_stop(context: Context, symbol: str, end: int) -> bool:
    """True if the full stop after a unit belongs to the unit: 5 lbs., 3 hrs. 20 mins. and."""
    if context.character(end) != "." or not symbol.isalpha():
        return False
    rest = context.text[end + 1 : end + 3]
    is_inside = rest[:1] in set(",;:)") if rest[:1].strip() else rest.strip()[:1].islower()
    is_height = symbol == "ft" and rest.strip().isdecimal()  # 3 ft. 6 tall
    return is_inside or is_height or (symbol in STOPPED and _has_smaller_unit(context, end + 1))


def _has_smaller_unit(context: Context, position: int) -> bool:
    """True if another number with a unit follows: 5 lbs. 3 oz., but not: It weighs 5 lbs. 3 of them do."""
    start = position + (context.character(position) == " ")
    read = read_number(context.text, start, language=context.language) if context.character(start).isdecimal() else None
    return read is not None and _unit_pattern(context.language).match(context.text, read[1]) is not None


def read_measure(context: Context, number: Number, *, start: int, end: int) -> Reading | None:
    """Unit after a number from `start` to `end`, with its reference."""
    unit = read_unit(context, end) or read_inches(context, end)
    if unit is None:
        return _read_hyphenated(context, number, end) or _read_feet(context, number, start=start, end=end)
    noun = _minutes_or(unit[0], context=context, end=end)
    if is_attributive(context, start, unit[1], is_attached=not context.character(end).isspace()):
        return Reading(unit[1], say_attributive(context.language, number, noun))
    spoken = context.language.count(number, noun)
    return Reading(unit[1], spoken) if _is_listed(context, unit[1], noun) else append_relation(context, unit[1], spoken)


def _is_listed(context: Context, end: int, noun: Noun) -> bool:
    """True if another amount of the same unit follows a slash, 8GB/256GB, so that it does not mean "per"."""
    other = read_number(context.text, end + 1, language=context.language) if context.character(end) == "/" else None
    unit = read_unit(context, other[1]) if other else None
    return unit is not None and unit[0] is noun


def say_attributive(language: Language, number: Number, noun: Noun) -> str:
    """Number and unit before the noun they describe, in the singular."""
    return language.join_count(language.number(number, gender=noun.gender, has_noun=True), number, noun.singular)


def read_inches(context: Context, end: int) -> tuple[Noun, int] | None:
    """Inches: a 27" monitor, 5in wide. A closing quotation mark is none."""
    noun = context.language.units.get("″")
    mark = INCH_MARK.match(context.text, end)
    if noun and mark and not WORD_BEHIND.match(context.text, mark.end()) and not is_closing_quote(context.text, end):
        return noun, mark.end()
    word = INCHES.match(context.text, end) if context.language.code == "en" else None
    return (noun, word.end()) if noun and word else None


def _read_feet(context: Context, number: Number, *, start: int, end: int) -> Reading | None:
    """Feet, English only (a 6' fence); elsewhere the mark is as often minutes."""
    match = FEET.match(context.text, start) if context.language.code == "en" and number.is_whole else None
    if not match or match.end() != end + 1 or is_closing_quote(context.text, end):
        return None
    noun = context.language.units["ft"]
    if is_attributive(context, start, match.end(), is_attached=True):
        return Reading(match.end(), say_attributive(context.language, number, noun))
    return Reading(match.end(), context.language.count(number, noun))


def _read_hyphenated(context: Context, number: Number, end: int) -> Reading | None:
    """A 10-ft pole, ein 5-kg-Sack."""
    if context.character(end) != "-" or context.character(end + 1).isspace():
        return None
    match = _unit_pattern(context.language).match(context.text, end + 1)
    if not match or not LETTER_BEHIND.match(context.text, match.end()):
        return None
    after = match.end() + (context.character(match.end()) == "-")
    spoken = say_attributive(context.language, number, context.language.units[match[1]])
    return Reading(after, spoken + " " * (after > match.end()))


def _minutes_or(noun: Noun, *, context: Context, end: int) -> Noun:
    """Unit after a number that ends at `end`: an `m` after hours is minutes, 1h 45m."""
    units = context.language.units
    is_minutes = noun is units.get("m") and "min" in units and MINUTES.search(context.text[max(0, end - 12) : end])
    return units["min"] if is_minutes else noun


def read_feet_and_inches(context: Context, position: int) -> Reading | None:
    """Height, 5'10"; after a degree sign minutes and seconds of arc."""
    match = FEET_AND_INCHES.match(context.text, position)
    units = context.language.units
    if not match or not {"ft", "″", "min", "s"} <= units.keys():
        return None
    is_arc = context.text[max(0, position - 2) : position].rstrip(" ").endswith("°")
    large, small = (units["min"], units["s"]) if is_arc else (units["ft"], units["″"])
    say = context.language.count
    if is_attributive(context, position, match.end(), is_attached=True):
        return Reading(
            match.end(),
            f"{say_attributive(context.language, Number(match[1]), large)} {_say_inches(context, match, small, is_singular=True)}",
        )
    return Reading(match.end(), f"{say(Number(match[1]), large)} {_say_inches(context, match, small)}")


QUARTERS: Final = {"¼": (1, 4), "½": (1, 2), "¾": (3, 4)}


def _say_inches(context: Context, match: re.Match[str], noun: Noun, *, is_singular: bool = False) -> str:
    language = context.language
    if match[3]:
        return f"{language.mixed(int(match[2]), *QUARTERS[match[3]])} {noun.singular if is_singular else noun.plural}"
    read = read_number(match[2], 0, language=language)
    number = read[0] if read else Number(match[2])
    return say_attributive(language, number, noun) if is_singular else language.count(number, noun)

"""Signs between figures in sums, and not in ranges, scores or decoration: 7-2=5, 10^6, 3x4, 2x."""

import re
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.rules.measures import read_unit
from workers.text.normalise.written_numbers import read_number

FIGURE: Final = r"\d{1,15}(?:[.,]\d{1,15}){0,4}"
TERM: Final = re.compile(rf"\s?([-−–:])(?=\s?{FIGURE}(?:\s?[-−–+:×÷*/x]\s?{FIGURE}){{0,6}}\s?=)")
"""Operator after the first number of a sum that continues to an equals sign."""

TIMES: Final = re.compile(r"[x×*](?=\s?\d)")
VARIABLE: Final = re.compile(rf"({FIGURE})([a-z])([²³])? [-−–] (?={FIGURE}(?![\w-]*[^\W\d_]{{2}}))")
EQUATION_LENGTH: Final = 40
"""Characters on both sides of a term in which its equals sign is searched."""

FACTOR: Final = re.compile(r"x(?!\w|\s?\d|[²³⁴-⁹^]|\s?[+=]|\s[-−]\s?\d)")
SUM: Final = re.compile(rf"\s?{FIGURE}(?:\s?[x×*]\s?{FIGURE}){{0,4}}\s?=")
MEASURED: Final = re.compile(r"\d(?:[\"”″']|\s?[^\W\d_]{1,4})\s?$")
"""Side of a size with its own unit: 8.5" x 11", 5cm x 10cm."""
SIZE: Final = re.compile(rf"(\s?){FIGURE}(?:\s?[x×]\s?{FIGURE}){{0,4}}")


def read_sum(context: Context, position: int) -> Reading | None:
    """First number and sign of a sum: 7 - 2 = 5, 10 : 2 = 5."""
    read = read_number(context.text, position, language=context.language)
    sign = TERM.match(context.text, read[1]) if read else None
    if not read or not sign:
        return None
    name = context.language.signs["÷"] if sign[1] == ":" else context.language.difference or context.language.minus
    return Reading(sign.end(), f"{context.language.number(read[0])} {name}")


def read_term(context: Context, position: int) -> Reading | None:
    """Term and minus sign in an equation: 2x - 3, 3x² - 4x."""
    match = VARIABLE.match(context.text, position)
    if not match or "=" not in context.text[max(0, position - EQUATION_LENGTH) : match.end() + EQUATION_LENGTH]:
        return None
    read = read_number(match[1], 0, language=context.language)
    if not read or read[1] < len(match[1]):
        return None
    power = f" {context.language.signs[match[3]]}" if match[3] else ""
    return Reading(
        match.end(), f"{context.language.number(read[0])} {match[2]}{power} {context.language.difference or context.language.minus}"
    )


def read_multiple(context: Context, position: int) -> Reading | None:
    """Multiple: 2x faster."""
    read = read_number(context.text, position, language=context.language)
    times = context.language.times
    if not read or not times or not FACTOR.match(context.text, read[1]) or context.character(position - 1).isalpha():
        return None
    return Reading(read[1] + 1, context.language.count(read[0], times))


def read_times(context: Context, position: int) -> Reading | None:
    """Product or size: 3 x 4, 3*4, 10 x 20 cm, 8.5" x 11"."""
    before = context.text[max(0, position - 8) : position]
    is_measured = context.text[position] != "*" and MEASURED.search(before) is not None
    if not TIMES.match(context.text, position) or not (is_measured or before[-2:].strip()[-1:].isdigit()):
        return None
    by = context.language.by
    return Reading(position + 1, by if by and (is_measured or _is_size(context, position)) else context.language.signs["×"])


def _is_size(context: Context, position: int) -> bool:
    """True if no product follows, and the figures touch the sign or have a unit."""
    match = SIZE.match(context.text, position + 1)
    if context.text[position] == "*" or not match or SUM.match(context.text, position + 1):
        return False
    is_attached = context.text[position] == "x" and not match[1] and context.character(position - 1).isdigit()
    return is_attached or read_unit(context, match.end()) is not None

"""Blood pressure: BP 120/80."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.measures import read_unit
from workers.text.normalise.tables import load_table

PRESSURE: Final = re.compile(r"(\d{1,3})/(\d{1,3})(?![\d/]|[.,]\d|[^\W\d_]{2})")
LOOK_BACK: Final = 40
"""Characters searched backwards for a mention of blood pressure: "a blood pressure reading of 120/80"."""


@cache
def _before(words: str) -> re.Pattern[str]:
    names = "|".join(words.split())
    return re.compile(rf"(?<![^\W_])(?:{names})(?![A-Za-z])[^.!?\n]*$", re.IGNORECASE)


def _is_possible(upper: int, lower: int) -> bool:
    """True for plausible values of a blood pressure, in millimeters of mercury, or in centimeters as in French and Spanish."""
    return lower < upper and ((60 <= upper <= 300 and lower >= 20) or (8 <= upper <= 30 and 4 <= lower <= 20 and upper != 24))


def read_pressure(context: Context, position: int) -> Reading | None:
    """The upper over the lower value, with their unit."""
    match = PRESSURE.match(context.text, position)
    table = load_table("pressure").get(context.language.code)
    if not match or not table or not _is_possible(int(match[1]), int(match[2])):
        return None
    unit = read_unit(context, match.end())
    is_mercury = unit is not None and unit[0] is context.language.units.get("mmHg")
    if not is_mercury and not _before(table["before"]).search(context.text[max(0, position - LOOK_BACK) : position]):
        return None
    language, space = context.language, " " if context.language.has_spaces else ""
    spoken = space.join((language.number(Number(match[1])), table["over"], language.number(Number(match[2]))))
    return Reading(unit[1], f"{spoken}{space}{unit[0].plural}") if unit and is_mercury else Reading(match.end(), spoken)

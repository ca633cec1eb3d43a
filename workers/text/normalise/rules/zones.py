"""Time zones and days after a time of day, and offsets from universal time."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number
from workers.text.normalise.tables import load_table

OFFSET: Final = re.compile(r"(UTC|GMT) ?([-−–+±])(\d{1,2})(?::?(\d{2}))?(?![\d.,:]*\d|[^\W_])")
GREATEST_OFFSET: Final = 14
TIME: Final = re.compile(r"(?: [A-Z][^\W\d_]{1,15}){1,3} [Tt]ime\b")
"""3 p.m. New York time."""
NEXT: Final = re.compile(r" ([^\W\d_]{1,12}\b)(?: ([^\W\d_]{1,12}\b))?")


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(load_table("zones")[key].split())


def has_zone_or_day(context: Context, position: int) -> bool:
    """True if a time zone, or a day that belongs to the time, follows: 3 p.m. EST, 9 a.m. Monday."""
    match = NEXT.match(context.text, position) if context.language.code == "en" else None
    if not match:
        return False
    if match[1] in _words("zones") or TIME.match(context.text, position):
        return True
    return match[1] in _words("days") | _words("months") and (match[2] or "") not in _words("verbs")


def read_offset(context: Context, position: int) -> Reading | None:
    """UTC-5, GMT+5:30."""
    match = OFFSET.match(context.text, position)
    if not match or int(match[3]) > GREATEST_OFFSET:
        return None
    language = context.language
    name = language.spell(match[1]) if language.spells_initials else match[1]
    sign = language.signs.get("±", "") if match[2] == "±" else language.plus if match[2] == "+" else language.minus
    minutes = f" {language.number(Number(match[4]))}" if match[4] and int(match[4]) else ""
    return Reading(match.end(), f"{name} {sign} {language.number(Number(str(int(match[3]))))}{minutes}")

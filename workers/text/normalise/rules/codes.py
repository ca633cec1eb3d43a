"""Codes that are read digit by digit: one-time codes, PINs, the last figures of a card, order numbers and postal codes."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.rules.dates import read_date
from workers.text.normalise.rules.measures import read_unit
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import ascii_digits

FIGURES: Final = re.compile(r"\d{2,19}(?:[ -]\d{2,8}){0,3}(?![\d]|[.,:/]\d|\s?[%‰°$€£¥₹])")
FEWEST_DIGITS: Final = 3
"""Shorter codes sound the same as numbers or are numbers."""

LOOK_BACK: Final = 72
CARRIER_LOOK_BACK: Final = 30
LETTERS: Final = r"[A-Za-z0-9]{0,6}-?[A-Za-z]{0,6}"
"""Letters at the beginning of a code: G-482913."""

YEARS: Final = range(1000, 2100)


@dataclass(frozen=True, slots=True)
class Introductions:
    """Patterns of one language that distinguish a code from a quantity."""

    before: re.Pattern[str]
    """Introduction of a code, up to the code."""
    ending: re.Pattern[str]
    """Introduction of the last figures of a card."""
    carrier: re.Pattern[str]
    """Cards, accounts and the like whose last figures are quoted."""
    after: re.Pattern[str]
    counted: re.Pattern[str]


@cache
def _introductions(language: Language) -> Introductions | None:
    table = load_table("codes").get(language.code)
    if not table:
        return None
    edge = r"(?<![^\W_])" if language.has_spaces else ""
    behind = r"(?![^\W_])" if language.has_spaces else ""
    introducing, ending = table["introducing"].replace("\n", ""), table["ending"]
    link = rf"(?:[ \u00a0]?(?:{table['linking']}){behind}|(?<!=)=(?!=)|[ \u00a0:#(\"'“‘«「『【*：-]|[nN][°º.])"
    flags = re.IGNORECASE
    return Introductions(
        before=re.compile(rf"{edge}(?:{introducing}){behind}(?:{link}){{0,8}}{LETTERS}$", flags),
        ending=re.compile(rf"{edge}(?:{ending})[ \u00a0:]{{0,2}}$", flags),
        carrier=re.compile(rf"{edge}(?:{table.get('carrier', ending)}){behind}", flags),
        after=re.compile(rf"[ \u00a0]?(?:{table['following']}){behind}", flags),
        counted=re.compile(rf"[ \u00a0]?(?:{table['counted']}){behind}", flags),
    )


def read_code(context: Context, position: int) -> Reading | None:
    """Figures after a word that introduces a code, or before "is your code"."""
    match = FIGURES.match(context.text, position)
    introductions = _introductions(context.language)
    if not match or not introductions or not _is_introduced(context, match, introductions):
        return None
    if introductions.counted.match(context.text, match.end()) or read_unit(context, match.end()) or read_date(context, position):
        return None
    pause = ", " if context.language.has_spaces else "，"
    return Reading(match.end(), pause.join(context.language.digits(group) for group in re.split(r"[ -]", ascii_digits(match[0]))))


def _is_introduced(context: Context, match: re.Match[str], introductions: Introductions) -> bool:
    count = sum(map(str.isdigit, match[0]))
    if count < FEWEST_DIGITS:
        return False
    before = context.text[max(0, match.start() - LOOK_BACK) : match.start()]
    is_year = count == 4 and match[0].isdigit() and int(match[0]) in YEARS
    introduction = introductions.before.search(before)
    if introduction:
        return not (is_year and _is_statute(before[: introduction.end()], introduction))
    if introductions.ending.search(before):
        return not is_year or introductions.carrier.search(before[-CARRIER_LOOK_BACK:]) is not None
    return introductions.after.match(context.text, match.end()) is not None


def _is_statute(before: str, introduction: re.Match[str]) -> bool:
    """True if a law's name precedes a year: the Penal Code 1860."""
    name = introduction[0].strip()
    preceding = before[: introduction.start()].split()
    return name.istitle() and name.isalpha() and bool(preceding) and preceding[-1].istitle()

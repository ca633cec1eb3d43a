"""Years without an introducing word: lifetimes, (1564-1616), born 1485, from 1337 to 1453, the 1666 fire."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.measures import read_unit
from workers.text.normalise.rules.money import read_currency, read_magnitude
from workers.text.normalise.tables import load_table

YEAR: Final = re.compile(r"\d{4}(?!\d|[.,:/]\d|\s?[%‰°$€£¥₹])")
RANGE: Final = re.compile(r"(\d{4})[ \u00a0]?[-–—~～至到][ \u00a0]?(\d{4}|\d{2})(?!\d|[.,:/]\d|\s?[%‰°$€£¥₹]|[-–][\w])")
BESIDE_A_NUMBER: Final = frozenset("-–/.,:#$€£¥₹+×x^_")
PARENTHESIS: Final = re.compile(r"[(\[](?:[^\W\d_]{1,4}\. ?|[^()\d]{0,24}[,;] )?$")
WORD_BEFORE: Final = re.compile(r"([^\s\d,;:()\[\]\"“”]{1,30})[.,]? $")
WORD_BEHIND: Final = re.compile(r"[ \u00a0]([^\W\d_]{1,30})")
BIRTH_AND_DEATH: Final = frozenset("*†")
LOOK_BACK: Final = 48
EARLIEST, LATEST = 1000, 2099


@dataclass(frozen=True, slots=True)
class YearWords:
    """Words beside years in one language."""

    before: frozenset[str]
    behind: frozenset[str]
    articles: frozenset[str]
    plural: frozenset[str]
    numbered: frozenset[str]
    """Nouns before numbers: pages 1200-1300."""
    eras: re.Pattern[str]
    link: re.Pattern[str]


@cache
def _year_words(language: Language) -> YearWords | None:
    """Word lists; None for languages that read a year like any other number."""
    table = load_table("years").get(language.code)
    if not table:
        return None
    return YearWords(
        before=frozenset(table["before"].split()),
        behind=frozenset(table["behind"].split()),
        articles=frozenset(table.get("articles", "").split()),
        plural=frozenset(table["plural"].split()),
        numbered=frozenset(table["nouns_not_counted"].split()),
        eras=re.compile(rf"[ \u00a0]?(?:{table['eras']})(?![^\W_])"),
        link=re.compile(rf"(?<![^\W_])(?:{table['link']})$", re.IGNORECASE),
    )


def read_year(context: Context, position: int) -> Reading | None:
    """Year, or the first and last year of a period."""
    words = _year_words(context.language)
    before = context.character(position - 1)
    if not words or before in BESIDE_A_NUMBER or before.isalnum():
        return None
    return _read_range(context, position, words=words) or _read_single(context, position, words=words)


def _read_range(context: Context, position: int, *, words: YearWords) -> Reading | None:
    match = RANGE.match(context.text, position)
    if not match:
        return None
    first, last = int(match[1]), int(match[2])
    last_year = last if len(match[2]) == 4 else first // 100 * 100 + last
    if not EARLIEST <= first < last_year <= LATEST or not _are_years(context, match, words=words):
        return None
    language = context.language
    end = language.year(last_year) if len(match[2]) == 4 else language.number(Number(match[2]))
    space = " " if language.has_spaces else ""
    return Reading(match.end(), f"{language.year(first)}{space}{language.to}{space}{end}")


def _are_years(context: Context, match: re.Match[str], *, words: YearWords) -> bool:
    """True if the two numbers are years and count nothing."""
    text, start, end = context.text, match.start(), match.end()
    before = _word_before(text, start)
    following = WORD_BEHIND.match(text, end)
    is_counting = _is_counting(context, following, words=words)
    if before.lower() in words.numbered or _has_unit(context, end):
        return False
    if _is_in_parenthesis(text, start, end) or (before in words.articles and not (is_counting and _is_plural(following, words=words))):
        return True
    is_introduced = before.lower() in words.before | context.language.year_contexts or before[:1].isupper()
    is_round = int(match[1]) % 100 == 0 and int(match[2]) % 100 == 0
    return not is_counting and (is_introduced or not is_round)


def _read_single(context: Context, position: int, *, words: YearWords) -> Reading | None:
    match = YEAR.match(context.text, position)
    if not match or not EARLIEST <= int(match[0]) <= LATEST:
        return None
    return Reading(match.end(), context.language.year(int(match[0]))) if _is_year(context, match, words=words) else None


def _is_year(context: Context, match: re.Match[str], *, words: YearWords) -> bool:
    text, start, end = context.text, match.start(), match.end()
    before = _word_before(text, start)
    following = WORD_BEHIND.match(text, end)
    is_counting = _is_counting(context, following, words=words)
    if words.eras.match(text, end):
        return True
    if _has_unit(context, end) or before.lower() in words.numbered:
        return False
    is_lifetime = text[start - 1 : start] in BIRTH_AND_DEATH and not text[max(0, start - 2) : start - 1].isalnum()
    if is_lifetime or (_is_in_parenthesis(text, start, end) and int(match[0]) % 100):
        return True
    if before.lower() in words.articles:
        return int(match[0]) % 100 != 0 and following is not None and not _is_plural(following, words=words)
    is_linked = words.link.search(text[max(0, start - LOOK_BACK) : start]) is not None
    return not is_counting and (is_linked or before.lower() in words.before)


def _is_counting(context: Context, following: re.Match[str] | None, *, words: YearWords) -> bool:
    """True if the following word is counted by the number; German nouns begin with a capital."""
    is_noun = following is not None and (following[1].islower() or context.language.code == "de")
    return following is not None and is_noun and following[1] not in words.behind


def _has_unit(context: Context, end: int) -> bool:
    return (read_unit(context, end) or read_currency(context, end) or read_magnitude(context, end)) is not None


def _is_plural(following: re.Match[str] | None, *, words: YearWords) -> bool:
    return following is not None and (following[1].endswith("s") or following[1] in words.plural)


def _is_in_parenthesis(text: str, start: int, end: int) -> bool:
    return text[end : end + 1] in {")", "]", ";", ","} and PARENTHESIS.search(text[max(0, start - LOOK_BACK) : start]) is not None


def _word_before(text: str, start: int) -> str:
    match = WORD_BEFORE.search(text[max(0, start - LOOK_BACK) : start])
    return match[1].rstrip(".") if match else ""

"""Dates in figures, ISO dates and days beside a month's name."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Date
from workers.text.normalise.rules.times import read_time
from workers.text.normalise.tables import load_table

COUNTED: Final = word_set(load_table("dates")["counted"])
"""English words after a range of numbers that is no range of days: May 3-4 people come."""

ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?![\d-])(?:T(?=\d{2}:\d{2})|(?= \d{2}:\d{2}(?::\d{2})?(?!\d)))?")
FIGURES: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d]|\2\d)")
YEAR_FIRST: Final = re.compile(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})(?![\d]|\2\d)")
GERMAN_DAY_AND_MONTH: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?!\d)")
CENTURY_PIVOT: Final = 69
"""Largest two-digit year of this century, as in POSIX."""


def full_year(digits: str) -> int:
    """1999 for 99, 2026 for 26."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < CENTURY_PIVOT else 1900)


def date_in_order(first: str, second: str, year: str = "", *, order: str) -> Date | None:
    """Date with day and month in the language's order, or in the other one if only that is valid."""
    number = full_year(year) if year else 0
    month_first = Date(day=int(second), month=int(first), year=number)
    day_first = Date(day=int(first), month=int(second), year=number)
    candidates = (month_first, day_first) if order == "mdy" else (day_first, month_first)
    return next((date for date in candidates if 1 <= date.month <= 12 and date.day and date.exists), None)


def say_date(context: Context, date: Date, *, start: int) -> str:
    """Date that agrees with the preceding word."""
    return context.language.date(date, before=context.word_before(start))


def read_date(context: Context, position: int) -> Reading | None:
    """A date that begins with a digit."""
    return (
        _read_iso(context, position)
        or _read_figures(context, position)
        or _read_named_month(context, position)
        or _read_day_and_month(context, position)
    )


def _read_iso(context: Context, position: int) -> Reading | None:
    match = ISO.match(context.text, position)
    if match:
        date = Date(year=int(match[1]), month=int(match[2]), day=int(match[3]))
        if date.exists and date.month and date.day and date.year:
            time = read_time(context, match.end()) if match[0].endswith("T") else None
            spoken = say_date(context, date, start=position)
            return Reading(time.end, f"{spoken}, {time.spoken}") if time else Reading(position + 10, spoken)
    match = YEAR_FIRST.match(context.text, position)
    if match:
        date = Date(year=int(match[1]), month=int(match[3]), day=int(match[4]))
        if date.exists and date.month and date.day and date.year:
            return Reading(match.end(), say_date(context, date, start=position))
    return None


def _read_figures(context: Context, position: int) -> Reading | None:
    match = FIGURES.match(context.text, position)
    if not match or (match[2] == "." and context.language.code == "en" and len(match[4]) == 2):  # a version, 1.2.34
        return None
    order = context.language.date_order if match[2] == "/" else "dmy" if match[2] == "." else context.language.date_order
    date = date_in_order(match[1], match[3], match[4], order=order)
    return Reading(match.end(), say_date(context, date, start=position)) if date else None


def _read_day_and_month(context: Context, position: int) -> Reading | None:
    match = GERMAN_DAY_AND_MONTH.match(context.text, position) if context.language.code == "de" else None
    if not match:
        return None
    date = Date(day=int(match[1]), month=int(match[2]))
    if not (date.exists and date.day and 1 <= date.month <= 12):
        return None
    before = context.word_before(position)
    end = match.end() - (1 if context.ends_sentence(match.end()) and not context.word_after(match.end()) else 0)
    return Reading(end, f"{context.language.date(Date(day=date.day), before=before)} {context.language.months[date.month - 1]}")


@cache
def _month_patterns(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Day before month and month before day. The longest names come first, so that an abbreviation never truncates one."""
    names = sorted({*language.months, *language.month_abbreviations}, key=len, reverse=True)
    if language.code in {"en", "de"}:
        names = [name[0].upper() + name[1:] for name in names]
        month = "|".join(map(re.escape, names))
    else:
        month = "|".join(f"[{name[0].upper()}{name[0]}]{re.escape(name[1:])}" for name in names)
    link = r"(?:\s?(?:de|del|of)\s|\s|-)"
    year = r"(?:(?:,?\s|\s(?:de|del)\s|-)(\d{4})(?![\d.,:/]\d|\d))?"
    day = r"(\d{1,2})(?:º|ª|°|er|st|nd|rd|th|\.)?"
    # A full stop after a whole month's name ends the sentence; after an abbreviation it is part of it.
    day_first = rf"{day}{link}({month})(?![^\W_])(\.?){year}"
    month_first = rf"({month})\.?\s{day}(?![\d.,:/–-]\d|\d|[^\W_]|%|[–-]\d)(?:,?\s(\d{{4}})(?![\d.,:/]\d|\d))?"
    return re.compile(day_first), re.compile(month_first)


def _month_number(language: Language, name: str) -> int:
    lower = name.lower()
    full = [month.lower() for month in language.months]
    return full.index(lower) + 1 if lower in full else language.month_abbreviations[lower]


def _read_named_month(context: Context, position: int) -> Reading | None:
    """31 December 1999, 1er mai, 3. Mai."""
    match = _month_patterns(context.language)[0].match(context.text, position)
    if not match:
        return None
    date = Date(day=int(match[1]), month=_month_number(context.language, match[2]), year=int(match[4] or 0))
    if not date.exists or not date.day:
        return None
    is_whole_name = match[2].lower() not in context.language.month_abbreviations
    end = match.end(2) if match[3] and not match[4] and (is_whole_name or context.ends_sentence(match.end())) else match.end()
    spoken = context.language.date(date, before=context.word_before(position), order="dmy")
    return Reading(end, spoken)


@cache
def _month_and_year_pattern(language: Language) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, language.month_abbreviations), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"({names})\.\s(?:de\s)?(\d{{4}})(?![\d.,:/]\d|\d)", re.IGNORECASE)


def read_month_and_year(context: Context, position: int) -> Reading | None:
    """Jan. 2024, janv. 2024, ene. de 2024."""
    match = _month_and_year_pattern(context.language).match(context.text, position)
    if not match:
        return None
    date = Date(month=context.language.month_abbreviations[match[1].lower()], year=int(match[2]))
    return Reading(match.end(), context.language.date(date)) if date.exists and date.year else None


@cache
def _days_pattern(language: Language) -> re.Pattern[str]:
    names = sorted({*language.months, *(name.capitalize() for name in language.month_abbreviations)}, key=len, reverse=True)
    day = r"(\d{1,2})(?:st|nd|rd|th)?"
    return re.compile(rf"({'|'.join(map(re.escape, names))})\.?\s{day}[ \u00a0]?[-–][ \u00a0]?{day}(?![^\W_]|[-–/:.,]\d|%)")


def _read_days(context: Context, position: int) -> Reading | None:
    """July 4-6: two days of one month."""
    match = _days_pattern(context.language).match(context.text, position)
    if not match or context.word_after(match.end()) in COUNTED:
        return None
    month, first, last = _month_number(context.language, match[1]), int(match[2]), int(match[3])
    dates = Date(day=first, month=month), Date(day=last, month=month)
    if not 0 < first < last or not all(date.exists for date in dates):
        return None
    start = context.language.date(dates[0], order="mdy")
    return Reading(match.end(), f"{start} {context.language.to} {context.language.ordinal(last)}")


def read_month_first(context: Context, position: int) -> Reading | None:
    """December 31, 1999: English only, other languages put the day first."""
    if context.language.code != "en":
        return None
    match = _month_patterns(context.language)[1].match(context.text, position)
    if not match:
        return _read_days(context, position)
    date = Date(day=int(match[2]), month=_month_number(context.language, match[1]), year=int(match[3] or 0))
    end = match.end() - match[0].endswith(".")
    return Reading(end, context.language.date(date, order="mdy")) if date.exists and date.day else None

"""interpret-as="date"."""

import re
import tomllib
from pathlib import Path
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Date
from workers.text.normalise.rules.dates import date_in_order, full_year
from workers.text.say_as.errors import SayAsError

ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T[\d:.,Z+-]{0,32})?")
ISO_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
COMPACT: Final = re.compile(r"\d{8}")
WORDS: Final = re.compile(r"\d{1,4}|(?:[^\W\d_][\u0900-\u0903\u093a-\u094f]{0,3}){1,20}")
"""Words; Devanagari writes vowels as marks after their letters."""
IDEOGRAPHIC: Final = re.compile(r"(?:(\d{4})年)?\s?(?:(\d{1,2})月)?\s?(?:(\d{1,2})[日号])?")
FIGURES: Final = re.compile(r"\d{1,4}(?:\s?[./\s-]\s?\d{1,4}){0,2}\.?")
ORDERS: Final = frozenset(("mdy", "dmy", "ymd", "ydm", "md", "dm", "my", "ym", "d", "m", "y"))
ENDINGS: Final = word_set(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["endings"])
"""Words beside a month's name that do not belong to the date."""


def say_date(text: str, *, language: Language, format: str, before: str) -> str:  # noqa: A002  # SSML's own word
    """Date in figures or words. format: order of its parts, such as `dmy`; ISO dates are always understood."""
    order = squeeze_format(format)
    if order and order not in ORDERS:
        raise SayAsError(f"unknown date format: {format!r}; use one of {', '.join(sorted(ORDERS))}")
    date = _read(text.strip(), language=language, order=order)
    if date is None or not date.exists or date == Date():
        raise SayAsError(f"not a date: {text!r}")
    return language.date(date, before=before, order=order if "d" in order and "m" in order else "")


def squeeze_format(text: str) -> str:
    """`dmy` for dmy, ddmmyyyy, DD/MM/YYYY."""
    letters = "".join(letter for letter in text.lower() if letter.isalpha())
    return "".join(letter for at, letter in enumerate(letters) if letter != letters[at - 1 : at])


def _read(text: str, *, language: Language, order: str) -> Date | None:
    iso = ISO.fullmatch(text)
    if iso:
        return _valid(year=int(iso[1]), month=int(iso[2]), day=int(iso[3]))
    month = ISO_MONTH.fullmatch(text)
    if month and 1 <= int(month[2]) <= 12 and order in {"", "ym"}:
        return Date(year=int(month[1]), month=int(month[2]))
    marked = IDEOGRAPHIC.fullmatch(text)
    if marked and text:
        year, month_number, day = marked.groups()
        return _valid(year=int(year or 0), month=int(month_number) if month_number else None, day=int(day) if day else None)
    if COMPACT.fullmatch(text):
        return _compact(text, order=order)
    if FIGURES.fullmatch(text):
        return _figures(re.findall(r"\d+", text), language=language, order=order)
    return _words(text, language=language)


def _compact(text: str, *, order: str) -> Date | None:
    """Date from eight figures: the year first unless the format says otherwise."""
    lengths = {"d": 2, "m": 2, "y": 4}
    fields, at = {}, 0
    for letter in order if len(order) == 3 else "ymd":
        fields[letter] = int(text[at : at + lengths[letter]])
        at += lengths[letter]
    return _valid(year=fields["y"], month=fields["m"], day=fields["d"])


def _figures(parts: list[str], *, language: Language, order: str) -> Date | None:
    if not order and len(parts) == 3 and len(parts[0]) < 3:
        return date_in_order(*parts, order=language.date_order)
    if not order and len(parts) == 2 and not any(len(part) == 4 for part in parts):
        return date_in_order(*parts, order=language.date_order)
    order = order or _default_order(parts)
    if len(order) != len(parts):
        return None
    fields = dict(zip(order, parts, strict=True))
    year = full_year(fields["y"]) if "y" in fields else 0
    return _valid(year=year, month=int(fields["m"]) if "m" in fields else None, day=int(fields["d"]) if "d" in fields else None)


def _default_order(parts: list[str]) -> str:
    if len(parts) == 3:
        return "ymd"
    if len(parts) == 2:
        return "ym" if len(parts[0]) == 4 else "my"
    return "y" if len(parts[0]) > 2 else "d"


def _valid(*, year: int, month: int | None, day: int | None) -> Date | None:
    """The date, unless its month or day is impossible."""
    if month is not None and not 1 <= month <= 12:
        return None
    return None if day is not None and not 1 <= day <= 31 else Date(day=day or 0, month=month or 0, year=year)


def _words(text: str, *, language: Language) -> Date | None:
    """Date with the month's name, in any order."""
    months = {name.lower(): number for number, name in enumerate(language.months, 1)} | dict(language.month_abbreviations)
    day = month = year = 0
    for word in WORDS.findall(text.lower()):
        if word in months and not month:
            month = months[word]
        elif word.isdecimal() and len(word) <= 2 and not day:
            day = int(word)
        elif word.isdecimal() and not year:
            year = full_year(word)
        elif word not in ENDINGS:
            return None
    return Date(day=day, month=month, year=year) if month and day <= 31 else None

"""Two numbers together: ranges, fractions, scores, version numbers."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.nouns import Noun, word_set
from workers.text.normalise.languages.values import Date, Number
from workers.text.normalise.rules.arithmetic import read_multiple
from workers.text.normalise.rules.attributive import is_attributive
from workers.text.normalise.rules.dates import read_date
from workers.text.normalise.rules.measures import read_inches, read_unit
from workers.text.normalise.rules.money import append_relation, read_currency, read_money_prefix
from workers.text.normalise.rules.quantities import is_year, read_quantity
from workers.text.normalise.rules.times import HOUR_LETTER, LETTER_LANGUAGES, read_time
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import read_number
from workers.text.scripts import FIRST_IDEOGRAPH

DASH: Final = re.compile(r"-|[ \u00a0]?[–—][ \u00a0]?|[〜～~](?=\d)")
CHAIN: Final = re.compile(r"\d{1,12}(?:\.\d{1,12}){2,}+(?![\d])")
SLASHED: Final = re.compile(r"(?:(\d{1,6})(?:[ \u00a0]|-(?=\d{1,2}/(?:[2-8]|16|32)(?!\d))))?(\d{1,4})/(\d{1,4})(?![\d/]|[.,]\d)")
VULGAR: Final = re.compile(r"(\d{1,15})?[ \u00a0-]?([¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])")
RATIO: Final = re.compile(r"(\d{1,4}):(\d{1,4})(?![\d:])")
SPOKEN_FRACTIONS: Final = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 50, 64, 100, 1000))
DATE_WORDS: Final = {language: word_set(words) for language, words in load_table("dates")["before"].items()}
COUNTED: Final = re.compile(r"[ \u00a0]([^\W\d_]{4,30})(?![^\W_])")
"""Noun after a mixed number; in Romance languages it precedes the half: tres tazas y media."""

RANKS: Final = re.compile(r"(\d{1,3})(?:st|nd|rd|th)[ \u00a0]?[-–—][ \u00a0]?(\d{1,3})(?:st|nd|rd|th)(?![^\W_])")
EARLIEST_YEAR, LATEST_YEAR = 1800, 2100
SCORED: Final = word_set(load_table("neighbours")["scored"])
"""English words before a mark out of the best possible one."""

ALL_YEAR: Final = "24/7"


def read_range(context: Context, position: int) -> Reading | None:
    """Range whose second number is read with its tail: 10-20, $5–$10, 2019-2020, 5-10 km."""
    ranks = RANKS.match(context.text, position) if context.language.code == "en" else None
    if ranks and int(ranks[1]) < int(ranks[2]) and int(ranks[1]):
        say = context.language.ordinal
        return Reading(ranks.end(), f"{say(int(ranks[1]))} {context.language.to} {say(int(ranks[2]))}")
    first = read_number(context.text, position, language=context.language)
    dash = DASH.match(context.text, first[1]) if first else None
    before = context.character(position - 1)
    is_name = before.isalpha() and before < FIRST_IDEOGRAPH  # i7-12700
    if not first or not dash or is_name or before in {"-", "–", "/"}:
        return None
    number, start = first[0], dash.end()
    ends = read_money_prefix(context, start) or (_range_end(context, start) if context.character(start).isdigit() else None)
    is_longer = ends is not None and context.character(ends.end) in {"-", "–"} and context.character(ends.end + 1).isalnum()
    if not ends or is_longer:
        return None
    return Reading(ends.end, f"{_start_of_range(context, number)} {context.language.to} {ends.spoken}")


def _range_end(context: Context, start: int) -> Reading | None:
    second = read_number(context.text, start, language=context.language)
    if not second or (len(second[0].digits) > 1 and second[0].digits[0] == "0"):
        return None
    return read_date(context, start) or read_time(context, start) or read_multiple(context, start) or read_quantity(context, start)


def _start_of_range(context: Context, number: Number) -> str:
    language = context.language
    if number.is_counted and number.is_whole and len(number.digits) == 4 and is_year(int(number.digits), language=language, before=""):
        return language.year(int(number.digits))
    return language.number(number)


def read_time_range(context: Context, position: int) -> Reading | None:
    """9am-5pm, 14:30–16:00, 9h-17h."""
    first = _read_clock(context, position)
    dash = DASH.match(context.text, first.end) if first else None
    second = _read_clock(context, dash.end()) if dash else None
    return Reading(second.end, f"{first.spoken} {context.language.to} {second.spoken}") if first and second else None


def _read_clock(context: Context, position: int) -> Reading | None:
    """Time, or whole hours if they are written with a letter."""
    time = read_time(context, position)
    match = HOUR_LETTER.match(context.text, position) if not time and context.language.code in LETTER_LANGUAGES else None
    return Reading(match.end(), context.language.count(Number(match[1]), context.language.units["h"])) if match else time


def read_money_range(context: Context, position: int) -> Reading | None:
    """Range with one sign before the first number: $5-10."""
    currency = read_currency(context, position)
    if not currency or context.character(position) == " ":
        return None
    first = read_number(context.text, currency[1], language=context.language)
    dash = DASH.match(context.text, first[1]) if first else None
    if not first or not dash:
        return None
    second = read_number(context.text, dash.end(), language=context.language)
    if second is None:
        repeated = read_money_prefix(context, dash.end())
        spoken, end = (repeated.spoken, repeated.end) if repeated else ("", 0)
    else:
        spoken, end = context.language.money(second[0], currency[0]), second[1]
    return Reading(end, f"{context.language.number(first[0])} {context.language.to} {spoken}") if spoken else None


def read_chain(context: Context, position: int) -> Reading | None:
    """Versions and network addresses: 1.2.3, 192.168.1.1. Not thousands."""
    match = CHAIN.match(context.text, position)
    if not match:
        return None
    number = read_number(context.text, position, language=context.language)
    if number and number[1] >= match.end():
        return None
    point = context.language.marks["."]
    parts = (Number(part) for part in match[0].split("."))
    return Reading(match.end(), f" {point} ".join(context.language.number(part) for part in parts))


def read_fraction(context: Context, position: int) -> Reading | None:
    """Fraction (1/2, 3 1/2, ½, 3¾, 1/4"-1/2"); other slashed numbers are a date or read side by side."""
    first = _read_vulgar(context, position) or _read_slashed(context, position)
    dash = DASH.match(context.text, first.end) if first else None
    last = _read_vulgar(context, dash.end()) or _read_slashed(context, dash.end()) if dash else None
    is_longer = last is not None and context.character(last.end) in {"-", "–"} and context.character(last.end + 1).isdigit()
    if not first or not last or is_longer:
        return first
    return Reading(last.end, f"{first.spoken} {context.language.to} {last.spoken}")


def _read_vulgar(context: Context, position: int) -> Reading | None:
    match = VULGAR.match(context.text, position)
    if not match:
        return None
    fraction = Fraction(unicodedata.numeric(match[2])).limit_denominator(10)
    numerator, denominator = fraction.numerator, fraction.denominator
    return _say_fraction(context, int(match[1] or 0), numerator, denominator, start=position, end=match.end())


def _say_fraction(context: Context, whole: int, numerator: int, denominator: int, *, start: int, end: int) -> Reading:
    """Fraction with its unit, or for halves in some languages with a noun."""
    language, unit = context.language, read_unit(context, end) or read_inches(context, end)
    is_half = (numerator, denominator) == (1, 2)
    counted = COUNTED.match(context.text, end) if whole > 1 and is_half and not unit else None
    if counted and counted[1] not in language.function_words:
        halved = language.and_a_half(whole, Noun(counted[1], counted[1], language.gender_of(counted[1])))
        if halved:
            return Reading(counted.end(), halved)
    behind = language.and_a_half(whole, unit[0]) if unit and whole and is_half else None
    if unit and behind:
        return append_relation(context, unit[1], behind)
    if whole:
        spoken = language.mixed(whole, numerator, denominator)
    else:
        noun = context.word_after(end) if context.character(end) == " " else ""
        half = language.half_of(noun) if is_half and len(noun) > 2 and noun.lower() not in language.function_words else None
        spoken = half or language.fraction(numerator, denominator)
    if not unit:
        return Reading(end, spoken)
    is_singular = is_attributive(context, start, unit[1], is_attached=True) or (language.code == "en" and not whole)
    return append_relation(context, unit[1], f"{spoken} {unit[0].singular if is_singular else unit[0].plural}")


def _read_slashed(context: Context, position: int) -> Reading | None:
    match = SLASHED.match(context.text, position)
    if not match:
        return None
    language = context.language
    numerator, denominator = int(match[2]), int(match[3])
    is_fraction = 0 < numerator < denominator and denominator in SPOKEN_FRACTIONS and match[3][0] != "0" and match[2][0] != "0"
    if match[1]:
        whole = int(match[1])
        return _say_fraction(context, whole, numerator, denominator, start=position, end=match.end()) if is_fraction else None
    word = context.word_before(position)
    paired = _read_years(context, match) or _read_score(context, match, word=word)
    if paired:
        return paired
    is_weekday = word in language.weekdays or word in language.weekdays.values()
    is_after_date_word = is_weekday or word.lower() in DATE_WORDS.get(language.code, frozenset())
    if is_fraction and not is_after_date_word:
        return _say_fraction(context, 0, numerator, denominator, start=position, end=match.end())
    day, month = (denominator, numerator) if language.date_order == "mdy" else (numerator, denominator)
    date = Date(day=day, month=month)
    if is_after_date_word and day and 1 <= month <= 12 and date.exists and match[0] != ALL_YEAR:
        return Reading(match.end(), language.date(date, before=context.word_before(position)))
    return Reading(match.end(), f"{language.number(Number(match[2]))} {language.number(Number(match[3]))}")


def _read_years(context: Context, match: re.Match[str]) -> Reading | None:
    """Year and the next one: 1999/2000."""
    language, first, last = context.language, int(match[2]), int(match[3])
    is_pair = len(match[2]) == 4 and EARLIEST_YEAR <= first < LATEST_YEAR and last in {first + 1, (first + 1) % 100}
    if not is_pair or len(match[3]) not in {2, 4}:
        return None
    end = language.year(last) if len(match[3]) == 4 else language.number(Number(match[3]))
    return Reading(match.end(), f"{language.year(first)} {end}")


def _read_score(context: Context, match: re.Match[str], *, word: str) -> Reading | None:
    """Mark out of the best possible one: a score of 7/10, rated 4/5."""
    language = context.language
    before = context.word_before(match.start() - len(word) - 1) if word in {"of", "it", "is", "a"} else word
    is_score = language.code == "en" and before.lower() in SCORED and language.out_of
    if not is_score or match[1] or int(match[2]) > int(match[3]):
        return None
    return Reading(match.end(), f"{language.number(Number(match[2]))} {language.out_of} {language.number(Number(match[3]))}")


def read_ratio(context: Context, position: int) -> Reading | None:
    """3:1, 16:9."""
    match = RATIO.match(context.text, position)
    if not match:
        return None
    language = context.language
    joint = language.versus or language.to
    return Reading(match.end(), f"{language.number(Number(match[1]))} {joint} {language.number(Number(match[2]))}")

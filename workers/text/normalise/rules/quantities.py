"""Numbers with directly following percent signs, units, currencies, ordinal endings; plain numbers and years."""

import re
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Date, Number
from workers.text.normalise.rules.durations import read_decade
from workers.text.normalise.rules.measures import read_measure
from workers.text.normalise.rules.money import THOUSANDS, append_relation, read_currency, read_magnitude, say_magnitude_sum, say_sum
from workers.text.normalise.rules.temperatures import read_temperature
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import read_number
from workers.text.scripts import FIRST_IDEOGRAPH

SIGN: Final = re.compile(r"[-−+](?=\d)")
PERCENT: Final = re.compile(r"[ \u00a0\u202f]?([%‰])")
SUFFIX: Final = re.compile(r"\.?(?:[^\W\d_]{1,4}|[º°ª])(?![^\W_])")
LETTER_MAGNITUDES: Final = frozenset("MBTk")
CENTS: Final = re.compile(r"[ \u00a0]?¢")
BEFORE_A_SIGN: Final = frozenset(" \u00a0\n\t([{=:,<>≤≥≈~–—/;\"'«")
INCH_MARKS: Final = frozenset('"”″')
DAY_WORDS: Final = word_set(load_table("quantities")["day_words"])
LAST_DAY: Final = 31
STARTERS: Final = word_set(load_table("quantities")["starters"])
"""German words that begin a sentence after a day far more often than they follow an ordinal."""

FISCAL: Final = word_set(load_table("quantities")["fiscal"])

DASHED: Final = re.compile(r",[-–—]{1,2}(?![\w-])")
"""5,- €: no hundredths."""

LONGEST_BARE: Final = 7
"""Figures without a separator beyond this number are a code, unless they are round."""


def read_quantity(context: Context, position: int) -> Reading | None:
    """Number with its sign and tail."""
    sign = SIGN.match(context.text, position)
    before = context.character(position - 1)
    is_sign = before in BEFORE_A_SIGN or (not context.language.has_spaces and before >= FIRST_IDEOGRAPH)
    if sign and before and not is_sign:
        return None
    mark = "" if not sign else "+" if sign[0] == "+" else "-"
    start = sign.end() if sign else position
    read = read_number(context.text, start, language=context.language, sign=mark)
    if not read:
        return None
    number, end = read
    letter = context.character(start - 1)
    is_factor = letter == "x" and (context.character(start - 2).isdigit() or context.character(start - 2) in INCH_MARKS)
    if letter.isalpha() and letter < FIRST_IDEOGRAPH and not is_factor:  # MP3, B2B: part of a name
        is_year = number.is_whole and len(number.digits) == len("2023") and context.text[max(0, start - 2) : start] in FISCAL
        return Reading(end, context.language.year(int(number.digits)) if is_year else context.language.number(number))
    dashed = DASHED.match(context.text, end)
    return say_with_tail(context, number, start=position, end=dashed.end() if dashed else end)


def say_with_tail(context: Context, number: Number, *, start: int, end: int) -> Reading:
    return (
        _with_percent(context, number, end)
        or _with_currency(context, number, end)
        or read_decade(context, start + bool(number.sign))
        or read_temperature(context, number, start=start, end=end)
        or _with_unit(context, number, end, start=start)
        or _ordinal(context, number, end, start=start)
        or _with_magnitude(context, number, end)
        or _plain(context, number, start=start, end=end)
    )


def _with_percent(context: Context, number: Number, end: int) -> Reading | None:
    match = PERCENT.match(context.text, end)
    if not match:
        return None
    name = context.language.percent if match[1] == "%" else context.language.per_mille
    return Reading(match.end(), context.language.percentage(number, name))


def _with_currency(context: Context, number: Number, end: int) -> Reading | None:
    cents, minor = CENTS.match(context.text, end), context.language.currencies["USD"].minor
    if cents and minor:
        return Reading(cents.end(), context.language.count(number, minor))
    magnitude = read_magnitude(context, end)
    after = read_currency(context, magnitude[1] if magnitude else end)
    if not after or (context.character(after[1]).isdigit() and context.character(end) == " "):
        return None
    if magnitude:
        return append_relation(context, after[1], say_magnitude_sum(context.language, number, magnitude[0], after[0]))
    found = say_sum(context, number, end, currency=after[0])
    return append_relation(context, after[1], found.spoken)


def _with_unit(context: Context, number: Number, end: int, *, start: int) -> Reading | None:
    return None if _is_ordinal_sign(context, number, end) else read_measure(context, number, start=start, end=end)


def _is_ordinal_sign(context: Context, number: Number, end: int) -> bool:
    """True if the degree sign after the number stands for a superscript o."""
    if context.character(end) != "°" or context.character(end + 1).isalpha() or not number.is_counted:
        return False
    before, after = context.word_before(end - len(number.digits)), context.word_after(end + 1)
    return context.language.ordinal_suffix(int(number.digits), "°", before=before, after=after) is not None


def _ordinal(context: Context, number: Number, end: int, *, start: int) -> Reading | None:
    if not number.is_counted or not number.is_whole or number.sign:
        return None
    suffix = SUFFIX.match(context.text, end)
    day = _day_at_stop(context, number, end, start=start)
    if day:
        return day
    name = suffix[0] if suffix else "." if context.character(end) == "." and context.character(end + 1) == " " else ""
    if not name:
        return None
    after = end + len(name)
    words = context.language.ordinal_suffix(int(number.digits), name, before=context.word_before(start), after=context.word_after(after))
    return Reading(after, words) if words else None


def _day_at_stop(context: Context, number: Number, end: int, *, start: int) -> Reading | None:
    """Day whose full stop also ends the sentence, German only: Am 5. Bitte …, am 12."""
    before = context.word_before(start)
    is_day = (
        context.language.code == "de" and before.lower() in DAY_WORDS and context.character(end) == "." and int(number.digits) <= LAST_DAY
    )
    is_end = is_day and (not context.text[end + 1 : end + 3].strip() or context.word_after(end + 1) in STARTERS)
    return Reading(end, context.language.date(Date(day=int(number.digits)), before=before)) if is_end else None


def _with_magnitude(context: Context, number: Number, end: int) -> Reading | None:
    """Magnitude letter directly after the figures: 5M, 10K, 3.5B. `million` in letters is an ordinary word."""
    magnitude = read_magnitude(context, end)
    if not magnitude or magnitude[0] in {"K", "m"}:  # a 4K screen; metres
        return None
    is_word = magnitude[0] in context.language.magnitudes[magnitude[0]]
    if magnitude[0] not in LETTER_MAGNITUDES and is_word and not number.is_one:
        return None
    if magnitude[0] in LETTER_MAGNITUDES and context.character(end) not in LETTER_MAGNITUDES:
        return None
    if magnitude[0] in {"B", "T"} and number.is_whole:  # 221B is a house
        return None
    name = context.language.magnitudes[magnitude[0]]
    if name[0] in THOUSANDS and number.is_whole and number.is_counted and len(number.digits) < 10:
        thousands = Number(f"{int(number.digits) * 1000}", sign=number.sign)
        return Reading(magnitude[1], context.language.number(thousands))
    return Reading(magnitude[1], context.language.magnitude(number, magnitude[0]))


def _plain(context: Context, number: Number, *, start: int, end: int) -> Reading:
    language = context.language
    if not number.is_counted or not number.is_whole:
        return Reading(end, language.number(number))
    if len(number.digits) > LONGEST_BARE and end - start == len(number.digits) and not number.digits.endswith("000"):
        return Reading(end, language.digits(number.digits))
    value = int(number.digits)
    before = context.word_before(start)
    is_multiplied = context.character(end) in {"x", "×"} or context.character(start - 1) in {"x", "×"}
    if end - start == 4 and not number.sign and not is_multiplied and is_year(value, language=language, before=before):
        return Reading(end, language.year(value))
    is_numbered = context.text[max(0, start - 2) : start].rstrip(" \u00a0\u202f")[-1:] == "§"
    after = context.word_after(end) if context.character(end) in {" ", "\u00a0", "\u202f"} and not is_numbered else ""
    words = language.agreeing(value, before=before, after=after)
    sign = {"-": f"{language.minus} ", "+": f"{language.plus} "}.get(number.sign, "")
    if words == "una" and language.code == "it" and after[:1].lower() in set("aeiou"):
        return Reading(end + 1, f"{sign}un'")
    return Reading(end, sign + words)


def is_year(value: int, *, language: Language, before: str) -> bool:
    """True if four figures are read as a year: after a word like "in", and in English and German always for current years."""
    is_of_our_time = language.code in {"en", "de"} and 1900 <= value <= 2099
    return is_of_our_time or (1000 <= value <= 2199 and before.lower() in language.year_contexts)

"""Numbers and what stands at once behind them: percent, units, currencies, ordinal endings; plain numbers and years."""

import re
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Found
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Noun, word_set
from workers.text.normalise.languages.values import Date, Number
from workers.text.normalise.rules.money import THOUSANDS, read_currency, read_magnitude, related, say_magnitude_sum, say_sum
from workers.text.normalise.written_numbers import read_number

SIGN: Final = re.compile(r"[-−+](?=\d)")
PERCENT: Final = re.compile(r"[ \u00a0\u202f]?([%‰])")
SUFFIX: Final = re.compile(r"\.?(?:[^\W\d_]{1,4}|[º°ª])(?![^\W_])")
DECADE: Final = re.compile(r"(\d{2}|\d{4})['’]?s(?![^\W_])")
STOPPED: Final = frozenset(("lb", "lbs", "oz", "hr", "hrs", "min", "mins", "sec", "secs", "ft", "tsp", "tbsp", "Std", "Min", "Sek"))
"""Units that are written with a full stop, so that figures may follow it within a sentence."""
TAIL_SPACE: Final = r"[ \u00a0\u202f]?"
LETTER_MAGNITUDES: Final = frozenset("MBTk")
CENTS: Final = re.compile(r"[ \u00a0]?¢")
BEFORE_A_SIGN: Final = frozenset(" \u00a0\n\t([{=:,<>≤≥≈~–—/;\"'«")
FIRST_IDEOGRAPH: Final = "\u2e80"
DAY_WORDS: Final = frozenset(("am", "vom", "zum"))
LAST_DAY: Final = 31
STARTERS: Final = word_set("Bitte Dann Danach Dort Er Sie Es Wir Ich Der Die Das Aber Und Am Im In Wenn Wie Was Ob Nein Ja Alle Heute")
"""German words that begin a sentence behind a day far more often than they are what it ranks."""

DASHED: Final = re.compile(r",[-–—]{1,2}(?![\w-])")
"""5,- €: no hundredths."""

MINUTES: Final = re.compile(r"\d\s?h(?:rs?|ours?)?\.?\s?\d{1,2}$")
LONGEST_BARE: Final = 7
"""Figures without a separator beyond these are a code, unless they are round."""


def read_quantity(context: Context, position: int) -> Found | None:
    """A number, its sign, and what belongs to it."""
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
    is_factor = letter == "x" and context.character(start - 2).isdigit()
    if letter.isalpha() and letter < FIRST_IDEOGRAPH and not is_factor:  # MP3, B2B: part of a name
        return Found(end, context.language.number(number))
    dashed = DASHED.match(context.text, end)
    return say_with_tail(context, number, start=position, end=dashed.end() if dashed else end)


def say_with_tail(context: Context, number: Number, *, start: int, end: int) -> Found:
    """The number, written from `start` to `end`, and what belongs to it behind."""
    return (
        _with_percent(context, number, end)
        or _with_currency(context, number, end)
        or _decade(context, start + bool(number.sign))
        or _with_unit(context, number, end)
        or _ordinal(context, number, end, start=start)
        or _with_magnitude(context, number, end)
        or _plain(context, number, start=start, end=end)
    )


def _with_percent(context: Context, number: Number, end: int) -> Found | None:
    match = PERCENT.match(context.text, end)
    if not match:
        return None
    name = context.language.percent if match[1] == "%" else context.language.per_mille
    return Found(match.end(), context.language.percentage(number, name))


def _with_currency(context: Context, number: Number, end: int) -> Found | None:
    cents, minor = CENTS.match(context.text, end), context.language.currencies["USD"].minor
    if cents and minor:
        return Found(cents.end(), context.language.count(number, minor))
    magnitude = read_magnitude(context, end)
    after = read_currency(context, magnitude[1] if magnitude else end)
    if not after or (context.character(after[1]).isdigit() and context.character(end) == " "):
        return None
    if magnitude:
        return related(context, after[1], say_magnitude_sum(context.language, number, magnitude[0], after[0]))
    found = say_sum(context, number, end, currency=after[0])
    return related(context, after[1], found.spoken)


@cache
def _unit_pattern(language: Language) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(language.units, key=len, reverse=True)))
    return re.compile(rf"{TAIL_SPACE}(?:({names})(?![^\W_]|['’][^\W\d_])|(?<=\d)(\")(?!\w))")


def read_unit(context: Context, position: int) -> tuple[Noun, int] | None:
    """The unit at the position or after a space, and its end."""
    match = _unit_pattern(context.language).match(context.text, position)
    if not match or not match[1]:
        return None
    return context.language.units[match[1]], match.end() + _has_stop(context, match[1], match.end())


def _has_stop(context: Context, symbol: str, end: int) -> bool:
    """Whether the full stop behind a unit is its own: 5 lbs., 3 hrs. 20 mins. and."""
    if context.character(end) != "." or not symbol.isalpha():
        return False
    rest = context.text[end + 1 : end + 3]
    is_inside = rest[:1] in set(",;:)") if rest[:1].strip() else rest.strip()[:1].islower()
    return is_inside or (symbol in STOPPED and rest.strip().isdecimal())


def _with_unit(context: Context, number: Number, end: int) -> Found | None:
    unit = read_unit(context, end)
    if not unit or _is_ordinal_sign(context, number, end):
        return None
    return related(context, unit[1], context.language.count(number, _minutes_or(unit[0], context=context, end=end)))


def _minutes_or(noun: Noun, *, context: Context, end: int) -> Noun:
    """The unit behind a number that ends at `end`: an `m` behind hours stands for minutes, 1h 45m."""
    units = context.language.units
    is_minutes = noun is units.get("m") and "min" in units and MINUTES.search(context.text[max(0, end - 12) : end])
    return units["min"] if is_minutes else noun


def _is_ordinal_sign(context: Context, number: Number, end: int) -> bool:
    """Whether the degree sign behind the number stands for a raised o."""
    if context.character(end) != "°" or context.character(end + 1).isalpha() or not number.is_counted:
        return False
    before, after = context.word_before(end - len(number.digits)), context.word_after(end + 1)
    return context.language.ordinal_suffix(int(number.digits), "°", before=before, after=after) is not None


def _decade(context: Context, position: int) -> Found | None:
    """1990s, 80s: English only."""
    match = DECADE.match(context.text, position) if context.language.code == "en" else None
    if not match or match[1][-1] != "0" or match[1] == "10":
        return None
    words = context.language.year(int(match[1])) if len(match[1]) == 4 else context.language.cardinal(int(match[1]))
    return Found(match.end(), f"{words[:-1]}ies" if words.endswith("y") else f"{words}s")


def _ordinal(context: Context, number: Number, end: int, *, start: int) -> Found | None:
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
    return Found(after, words) if words else None


def _day_at_stop(context: Context, number: Number, end: int, *, start: int) -> Found | None:
    """Am 5. Bitte …, am 12.: the full stop of a day ends the sentence too. German only."""
    before = context.word_before(start)
    is_day = (
        context.language.code == "de" and before.lower() in DAY_WORDS and context.character(end) == "." and int(number.digits) <= LAST_DAY
    )
    is_end = is_day and (not context.text[end + 1 : end + 3].strip() or context.word_after(end + 1) in STARTERS)
    return Found(end, context.language.date(Date(day=int(number.digits)), before=before)) if is_end else None


def _with_magnitude(context: Context, number: Number, end: int) -> Found | None:
    """5M, 10K, 3.5B: the letter stands at once behind the figures. Written out, `million` is a word like any other."""
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
        return Found(magnitude[1], context.language.number(thousands))
    return Found(magnitude[1], context.language.magnitude(number, magnitude[0]))


def _plain(context: Context, number: Number, *, start: int, end: int) -> Found:
    language = context.language
    if not number.is_counted or not number.is_whole:
        return Found(end, language.number(number))
    if len(number.digits) > LONGEST_BARE and end - start == len(number.digits) and not number.digits.endswith("000"):
        return Found(end, language.digits(number.digits))
    value = int(number.digits)
    before = context.word_before(start)
    is_multiplied = context.character(end) in {"x", "×"} or context.character(start - 1) in {"x", "×"}
    if end - start == 4 and not number.sign and not is_multiplied and is_year(value, language=language, before=before):
        return Found(end, language.year(value))
    is_numbered = context.text[max(0, start - 2) : start].rstrip(" \u00a0\u202f")[-1:] == "§"
    after = context.word_after(end) if context.character(end) in {" ", "\u00a0", "\u202f"} and not is_numbered else ""
    words = language.agreeing(value, before=before, after=after)
    sign = {"-": f"{language.minus} ", "+": f"{language.plus} "}.get(number.sign, "")
    if words == "una" and language.code == "it" and after[:1].lower() in set("aeiou"):
        return Found(end + 1, f"{sign}un'")
    return Found(end, sign + words)


def is_year(value: int, *, language: Language, before: str) -> bool:
    """Whether four figures are read as a year: after a word like "in", and in English and German those of our time always."""
    is_of_our_time = language.code in {"en", "de"} and 1900 <= value <= 2099
    return is_of_our_time or (1000 <= value <= 2199 and before.lower() in language.year_contexts)

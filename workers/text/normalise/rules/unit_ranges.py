"""Ranges with the unit, percent sign or currency at both ends: 5kg-10kg, $5k-$10k, 5%-10%, 500g-1kg."""

import re
from dataclasses import dataclass, replace
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.nouns import Currency, Noun
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.measures import read_inches, read_unit
from workers.text.normalise.rules.money import append_relation, read_currency, read_magnitude, say_magnitude_sum
from workers.text.normalise.rules.temperatures import SCALE, read_temperature
from workers.text.normalise.written_numbers import read_number
from workers.text.scripts import FIRST_IDEOGRAPH

DASH: Final = re.compile(r"[ \u00a0\u202f]?[-–—~〜～][ \u00a0\u202f]?")
SIGN: Final = re.compile(r"[-−](?=[\d$€£¥₹])")
PERCENT: Final = re.compile(r"[ \u00a0\u202f]?([%‰])")
CENTS: Final = re.compile(r"[ \u00a0]?¢")
HEIGHTS: Final = re.compile(
    r"(?P<feet>\d{1,3})['’](?:[ -]?(?P<inches>\d{1,2})(?:[\"”″]|''|’’))?[ ]?[-–—][ ]?"
    r"(?P<feet_2>\d{1,3})['’](?:[ -]?(?P<inches_2>\d{1,2})(?:[\"”″]|''|’’))?(?![\w'’])"
)
EQUATION: Final = re.compile(r"\s?=")
SPACES: Final = frozenset(" \u00a0\u202f")
LETTERS: Final = frozenset("MBk")
"""One-letter magnitudes without a currency: 5M-10M."""

COUNTS_BEFORE_NOUN: Final = frozenset(("de", "zh"))
"""Languages whose first number takes the form before a noun: ein bis zwei Kilo, 两到三公斤."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Number with its unit, percent sign or currency."""

    number: Number
    unit: Noun | Currency | str
    magnitude: str
    end: int


def read_unit_range(context: Context, position: int) -> Reading | None:
    """Range at the position that begins with a number, a sign or a currency."""
    before = context.character(position - 1)
    if (before.isalnum() and before < FIRST_IDEOGRAPH) or before in {"-", "–", "/", ".", ","}:
        return None
    heights = _read_heights(context, position)
    if heights:
        return heights
    first = _read_amount(context, position)
    dash = DASH.match(context.text, first.end) if first else None
    last = _read_amount(context, dash.end()) if dash else None
    if first and dash and not last:
        last = _read_same_scale(context, first, dash.end())
    if first and dash and isinstance(first.unit, Currency) and not (last and isinstance(last.unit, Currency)):
        bare = _read_magnitude_only(context, dash.end())
        last = replace(bare, unit=first.unit) if bare else None  # $20-30k
    if not first or not dash or not last or _is_subtraction(context, first, last, dash=dash[0]):
        return None
    following = context.character(last.end)
    if following in {"-", "–"} and context.character(last.end + 1).strip():
        return None
    space = " " if context.language.has_spaces else ""
    spoken = f"{_say_first(context, first, last)}{space}{context.language.to}{space}{_say(context, last)}"
    return append_relation(context, last.end, spoken)


def _is_subtraction(context: Context, first: Amount, last: Amount, *, dash: str) -> bool:
    """True if the dash subtracts: 10 kg - 4 kg, 5 kg - 3 kg = 2 kg."""
    is_spaced_hyphen = "-" in dash and dash.strip() != dash
    is_falling = first.unit == last.unit and not first.magnitude and float(first.number.digits) > float(last.number.digits)
    return EQUATION.match(context.text, last.end) is not None or (is_spaced_hyphen and is_falling and not first.number.sign)


def _read_amount(context: Context, position: int) -> Amount | None:
    sign = SIGN.match(context.text, position)
    start = sign.end() if sign else position
    currency = (
        read_currency(context, start) if context.character(start) not in SPACES and not context.character(start).isdecimal() else None
    )
    number_start = currency[1] if currency else start
    number_start += currency is not None and context.character(number_start) in SPACES
    read = read_number(context.text, number_start, language=context.language, sign="-" if sign else "")
    if not read:
        return None
    number, end = read
    magnitude = read_magnitude(context, end)
    if magnitude and (currency or read_currency(context, magnitude[1])):
        behind = currency or read_currency(context, magnitude[1])
        is_behind = not currency and behind is not None
        return Amount(number, behind[0], magnitude[0], behind[1] if is_behind else magnitude[1]) if behind else None
    if currency:
        return Amount(number, currency[0], "", end)
    return _read_unit_after(context, number, start=position, end=end)


def _read_unit_after(context: Context, number: Number, *, start: int, end: int) -> Amount | None:
    """Sign or unit after the number, which is written from start to end."""
    percent = PERCENT.match(context.text, end)
    if percent:
        return Amount(number, percent[1], "", percent.end())
    cents = CENTS.match(context.text, end)
    minor = context.language.currencies["USD"].minor if cents else None
    if cents and minor:
        return Amount(number, minor, "", cents.end())
    scale = SCALE.match(context.text, end)
    if scale and read_temperature(context, number, start=start, end=end):
        return Amount(number, context.language.units[f"°{scale[2]}"], "", scale.end())
    unit = read_currency(context, end) or read_unit(context, end) or read_inches(context, end)
    if unit:
        return Amount(number, unit[0], "", unit[1])
    magnitude = read_magnitude(context, end)
    is_sum = magnitude is not None and (magnitude[0] in LETTERS or len(magnitude[0]) > 2)
    return Amount(number, "", magnitude[0], magnitude[1]) if magnitude and is_sum else None


def _read_same_scale(context: Context, first: Amount, position: int) -> Amount | None:
    """Second temperature with the letter of the first: the 30C of 20C-30C."""
    sign = SIGN.match(context.text, position)
    read = read_number(context.text, sign.end() if sign else position, language=context.language, sign="-" if sign else "")
    scale = SCALE.match(context.text, read[1]) if read else None
    is_same = scale is not None and first.unit == context.language.units.get(f"°{scale[2]}")
    return Amount(read[0], first.unit, "", scale.end()) if read and scale and is_same else None


def _read_heights(context: Context, position: int) -> Reading | None:
    """Feet or feet and inches on both sides of the dash, English only: 5'-6', 5'6"-5'10"."""
    match = HEIGHTS.match(context.text, position) if context.language.code == "en" else None
    if not match:
        return None
    feet, inches = context.language.units["ft"], context.language.units["″"]
    count = context.language.count
    first, last = Number(match["feet"]), Number(match["feet_2"])
    start = context.language.number(first) if not match["inches"] and not match["inches_2"] else count(first, feet)
    said = f"{start}{_inches_after(context, match['inches'], inches)} {context.language.to} {count(last, feet)}"
    return Reading(match.end(), f"{said}{_inches_after(context, match['inches_2'], inches)}")


def _inches_after(context: Context, figures: str | None, noun: Noun) -> str:
    return f" {context.language.count(Number(figures), noun)}" if figures else ""


def _read_magnitude_only(context: Context, position: int) -> Amount | None:
    """Magnitude of the last amount: the 10m of $5-10m, where the currency tells millions from meters."""
    read = read_number(context.text, position, language=context.language)
    magnitude = read_magnitude(context, read[1]) if read else None
    return Amount(read[0], "", magnitude[0], magnitude[1]) if read and magnitude else None


def _say(context: Context, amount: Amount) -> str:
    language = context.language
    if isinstance(amount.unit, Currency):
        if amount.magnitude:
            return say_magnitude_sum(language, amount.number, amount.magnitude, amount.unit)
        return language.money(amount.number, amount.unit)
    if isinstance(amount.unit, Noun):
        return language.count(amount.number, amount.unit)
    if not amount.unit:
        return language.magnitude(language.own_mark(amount.number), amount.magnitude)
    return language.percentage(amount.number, language.percent if amount.unit == "%" else language.per_mille)


def _say_first(context: Context, first: Amount, last: Amount) -> str:
    """First amount without the words repeated by the last one."""
    language = context.language
    is_prefix = first.unit in {"%", "‰"} and language.percentage(first.number, "%").startswith("%")
    if first.unit != last.unit or is_prefix:
        return _say(context, first)
    if isinstance(first.unit, Currency) and (_has_cents(first) or _has_cents(last)):
        return _say(context, first)
    if first.magnitude and first.magnitude != last.magnitude:
        return language.magnitude(language.own_mark(first.number), first.magnitude)
    gender = first.unit.major.gender if isinstance(first.unit, Currency) else first.unit.gender if isinstance(first.unit, Noun) else "m"
    has_noun = language.code in COUNTS_BEFORE_NOUN and not isinstance(first.unit, str)
    return language.number(first.number, gender=gender, has_noun=has_noun)


def _has_cents(amount: Amount) -> bool:
    return bool(amount.number.fraction) and not amount.magnitude

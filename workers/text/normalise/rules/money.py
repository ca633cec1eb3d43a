"""Amounts of money: symbols and ISO codes before or after the figures, with thousands and millions."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Currency, word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.money_codes import is_money_code
from workers.text.normalise.tables import load_table
from workers.text.normalise.written_numbers import read_number

SYMBOLS: Final[Mapping[str, str]] = load_table("money")["symbols"]
"""Symbols, longest first if one begins another; the plain dollar and the ¥ are the language's own."""

SPACE: Final = r"[ \u00a0\u202f]?"
SIGN: Final = re.compile(r"[-−]?")
RELATION: Final = re.compile(r"\s?/\s?([^\W\d_]{1,20}[²³]?)(?![^\W_])")
BARE_FRACTION: Final = re.compile(r"[.,](\d{1,4})(?![\d.,]*\d)")
THOUSANDS: Final = word_set(load_table("money")["thousands"])


@cache
def _symbol_pattern(language: Language) -> re.Pattern[str]:
    symbols = "|".join(map(re.escape, sorted(SYMBOLS, key=len, reverse=True)))
    codes = "|".join(language.currencies)
    return re.compile(rf"{SPACE}(?:({symbols})|({codes})(?![^\W_]))")


@cache
def _magnitude_pattern(language: Language) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(language.magnitudes, key=len, reverse=True)))
    return re.compile(rf"{SPACE}({names})(?![^\W_])")


def find_currency(language: Language, *, symbol: str, code: str = "") -> Currency | None:
    own = language.yen if symbol == "¥" else SYMBOLS.get(symbol, "") or language.dollar
    return language.currencies.get(code or own)


def read_magnitude(context: Context, position: int) -> tuple[str, int] | None:
    """`M` or `million` after a number, and its end."""
    match = _magnitude_pattern(context.language).match(context.text, position)
    return (match[1], match.end()) if match else None


def read_currency(context: Context, position: int) -> tuple[Currency, int] | None:
    """Currency sign or code at the position or after a space, and its end."""
    match = _symbol_pattern(context.language).match(context.text, position)
    if match and match[2] and not is_money_code(context.text, *match.span(2), language=context.language):
        return None
    currency = find_currency(context.language, symbol=match[1] or "", code=match[2] or "") if match else None
    return (currency, match.end()) if match and currency else None


def read_money_prefix(context: Context, position: int) -> Reading | None:
    """Amount with the sign or code first: $5, -$3.5M, EUR 20, R$ 10,00."""
    sign = SIGN.match(context.text, position)
    start = sign.end() if sign else position
    before = read_currency(context, start)
    if not before or context.character(start) == " ":
        return None
    currency, end = before
    if context.character(end) in {" ", "\u00a0", "\u202f"}:
        end += 1
    mark = "-" if start > position else ""
    if context.character(end) in "-−" and context.character(end + 1).isdigit():
        mark, end = "-", end + 1
    number = read_number(context.text, end, language=context.language, sign=mark) or _read_bare_fraction(context, end, sign=mark)
    if not number:
        return None
    found = say_sum(context, *number, currency=currency)
    return append_relation(context, found.end, found.spoken)


def _read_bare_fraction(context: Context, position: int, *, sign: str) -> tuple[Number, int] | None:
    """Number without its zero: .50."""
    match = BARE_FRACTION.match(context.text, position)
    return (Number("0", match[1], ".", sign), match.end()) if match else None


def say_sum(context: Context, number: Number, end: int, *, currency: Currency) -> Reading:
    """Amount in a known currency, with the following magnitude and reference (per month)."""
    number, length = _money_number(number), end
    magnitude = read_magnitude(context, length)
    if magnitude:
        return Reading(magnitude[1], say_magnitude_sum(context.language, number, magnitude[0], currency))
    return Reading(length, context.language.money(number, currency))


def append_relation(context: Context, end: int, spoken: str) -> Reading:
    """Append the unit after a slash to a spoken quantity: per month, per kilogram, per 100 kilometers."""
    if context.character(end) == "/" and context.character(end + 1).isdecimal():
        return Reading(end + 1, f"{spoken} {context.language.per}")
    match = RELATION.match(context.text, end)
    if not match:
        return Reading(end, spoken)
    unit = context.language.units.get(match[1])
    noun, gender = (unit.singular, unit.gender) if unit else (match[1], context.language.gender_of(match[1]))
    return Reading(match.end(), f"{spoken} {context.language.relation(noun, gender=gender)}")


def say_magnitude_sum(language: Language, number: Number, name: str, currency: Currency) -> str:
    """Three point five million dollars."""
    words = language.magnitude(language.own_mark(number), name)
    noun = currency.major.plural
    is_thousands = language.magnitudes[name][0] in THOUSANDS
    link = "" if is_thousands else language.millions_link(Number("1000000"), noun)
    return f"{words} {link}{noun}"


def _money_number(number: Number) -> Number:
    """Number of an amount: three digits after a comma are thousands, in every language."""
    is_thousands = len(number.fraction) == 3 and number.mark == "," and len(number.digits) <= 3 and number.digits != "0"
    return Number(number.digits + number.fraction, sign=number.sign) if is_thousands else number

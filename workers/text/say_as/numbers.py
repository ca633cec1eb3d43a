"""interpret-as="cardinal", "ordinal", "digits", "fraction", "unit"."""

import re
import unicodedata
from fractions import Fraction
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import Gender
from workers.text.normalise.rules.words import ROMAN, roman_value
from workers.text.normalise.written_numbers import ascii_digits, parse_number
from workers.text.say_as.errors import SayAsError

ORDINAL: Final = re.compile(r"(\d{1,15})\s?(\.?(?:[^\W\d_]{1,4}|[º°ª])|\.)?")
SLASHED: Final = re.compile(r"(?:(\d{1,15})[\s+]+)?(\d{1,15})\s?[/⁄]\s?(\d{1,15})")
VULGAR: Final = re.compile(r"(\d{1,15})?\s?([¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])")
QUANTITY: Final = re.compile(r"([-−+]?[\d.,'’\s]{1,40}?)\s?([^\d\s][^\d]{0,15}[²³2]?|[^\d\s])")
FEMININE: Final = frozenset(("f", "feminine", "female", "fem"))


def gender_from(detail: str) -> Gender:
    """Gender requested by `detail` or `format`, by default masculine."""
    return "f" if detail.strip().lower() in FEMININE else "m"


def say_cardinal(text: str, *, language: Language, gender: Gender) -> str:
    """Number with sign and decimals, or a Roman numeral."""
    number = parse_number(text, language=language)
    if number:
        if len(number.digits) <= 15:  # asked for as a number, zeros in front are none
            number = type(number)(str(int(number.digits)), number.fraction, number.mark, number.sign)
        return language.number(language.own_mark(number), gender=gender)
    return language.cardinal(_roman(text), gender=gender)


def say_ordinal(text: str, *, language: Language, gender: Gender) -> str:
    """Ordinal with or without its ending: 21, 21st, XXI."""
    body = ascii_digits(text.strip().replace(",", "") if language.decimal_mark == "." else text.strip())
    match = ORDINAL.fullmatch(body)
    if match is None:
        return language.ordinal(_roman(text), gender=gender)
    value, suffix = int(match[1]), match[2] or ""
    if not value:
        raise SayAsError(f"there is no ordinal of zero: {text!r}")
    spoken = language.ordinal_suffix(value, suffix, before="der", after="x") if suffix else language.ordinal(value, gender=gender)
    if not spoken:
        raise SayAsError(f"not an ordinal number: {text!r}")
    return spoken


def say_digits(text: str, *, language: Language) -> str:
    if not any(character.isdecimal() for character in text) or any(character.isalpha() for character in text):
        raise SayAsError(f"not digits: {text!r}")
    return language.spell("".join(character for character in text if character.isdecimal() or character in "+.,"))


def say_fraction(text: str, *, language: Language) -> str:
    """1/2, 3 1/2, 3¾."""
    body = text.strip()
    sign = f"{language.minus} " if body[:1] in "-−" and body else ""
    body = body.lstrip("-−") if sign else body
    vulgar, slashed = VULGAR.fullmatch(body), SLASHED.fullmatch(body)
    if vulgar:
        value = Fraction(unicodedata.numeric(vulgar[2])).limit_denominator(10)
        whole, numerator, denominator = int(vulgar[1] or 0), value.numerator, value.denominator
    elif slashed:
        whole, numerator, denominator = int(slashed[1] or 0), int(slashed[2]), int(slashed[3])
    else:
        raise SayAsError(f"not a fraction: {text!r}")
    if denominator == 0:
        raise SayAsError(f"a fraction cannot have the denominator zero: {text!r}")
    if denominator == 1:
        return sign + language.cardinal(whole + numerator)
    return sign + (language.mixed(whole, numerator, denominator) if whole else language.fraction(numerator, denominator))


def say_unit(text: str, *, language: Language) -> str:
    """Number with its unit: 10 km/h."""
    match = QUANTITY.fullmatch(text.strip())
    number = parse_number(match[1], language=language) if match else None
    unit = match[2].strip().replace("\u00b5", "μ") if match else ""
    if not number or not (unit in language.units or unit == "%"):
        raise SayAsError(f"not a quantity with a known unit: {text!r}")
    number = language.own_mark(number)
    return language.percentage(number, language.percent) if unit == "%" else language.count(number, language.units[unit])


def _roman(text: str) -> int:
    match = ROMAN.fullmatch(text.strip().upper())
    if not match or not match[1] or match[2]:
        raise SayAsError(f"not a number: {text!r}")
    return roman_value(match[1])

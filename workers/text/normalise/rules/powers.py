"""Powers and superscripts: 10⁻³, x², 10^6, 1.5e-3; charges of ions and footnote numbers."""

import re
import unicodedata
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number
from workers.text.normalise.rules.measures import read_unit
from workers.text.normalise.written_numbers import read_number

RAISED: Final = re.compile(r"([⁻⁺]?)([²³¹⁰⁴-⁹]{1,15})([⁺⁻]?)|([⁺⁻])")
POWER: Final = re.compile(r"(?:\^|\*\*)[({]?([-−]?)(\d{1,6})[)}]?(?![\d.,]*\d)")
VARIABLE: Final = re.compile(r"\^[({]?([A-Za-z])[)}]?(?![^\W_])")
EXPONENT: Final = re.compile(r"[eE]([-−+]?)(\d{1,3})(?![\w.,]*\w)")


def raised_digits(text: str) -> str:
    """ASCII digits for superscripts."""
    return "".join(str(unicodedata.digit(figure)) for figure in text)


def read_raised(context: Context, position: int) -> Reading | None:
    """Superscripts: after a number or a single letter a power, after a word a footnote number."""
    match = RAISED.match(context.text, position)
    if not match:
        return None
    language = context.language
    charge = match[3] or match[4]
    if charge:
        sign = language.plus if charge == "⁺" else language.minus
        return Reading(match.end(), " ".join(filter(None, (language.number(Number(raised_digits(match[2]))) if match[2] else "", sign))))
    digits = raised_digits(match[2])
    if not match[1] and digits in {"2", "3"}:
        return Reading(match.end(), language.signs["²" if digits == "2" else "³"])
    exponent = Number(digits, sign="-" if match[1] == "⁻" else "")
    is_power = bool(match[1]) or context.character(position - 1).isdecimal() or not context.character(position - 2).isalpha()
    return (
        _with_unit(context, position, match.end(), language.raised(exponent))
        if is_power
        else Reading(match.end(), language.number(exponent))
    )


def read_power(context: Context, position: int) -> Reading | None:
    """10^6, x^2, 2**10."""
    language, before = context.language, context.character(position - 1)
    if not before or not (before.isalnum() or before in ")]"):
        return None
    match, variable = POWER.match(context.text, position), VARIABLE.match(context.text, position)
    if variable:
        return Reading(variable.end(), f"{language.power} {variable[1]}")
    if not match:
        return None
    if not match[1] and match[2] in {"2", "3"}:
        return Reading(match.end(), language.signs["²" if match[2] == "2" else "³"])
    return _with_unit(context, position, match.end(), language.raised(Number(match[2], sign="-" if match[1] else "")))


def _with_unit(context: Context, position: int, end: int, spoken: str) -> Reading:
    """Power of a number, and the counted unit."""
    unit = read_unit(context, end) if context.character(position - 1).isdecimal() else None
    if not unit:
        return Reading(end, spoken)
    return Reading(unit[1], f"{spoken}{' ' * context.language.has_spaces}{unit[0].plural}")


def read_scientific(context: Context, position: int) -> Reading | None:
    """1.5e-3, 6.02E+23, 3e8: a number times a power of ten."""
    if context.character(position - 1).isalpha() or context.character(position - 1) in {"#", "-"}:
        return None
    read = read_number(context.text, position, language=context.language)
    match = EXPONENT.match(context.text, read[1]) if read else None
    if not read or not match or not (match[1] or read[0].fraction or match[0][0] == "e"):
        return None
    language = context.language
    exponent = Number(str(int(match[2])), sign="-" if match[1] in {"-", "−"} else "")
    words = (language.number(read[0]), language.signs["×"], language.number(Number("10")), language.raised(exponent))
    spoken = (" " if language.has_spaces else "").join(words)
    return _with_unit(context, match.end(), match.end(), spoken)

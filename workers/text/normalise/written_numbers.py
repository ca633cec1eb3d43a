"""Reads numbers as each language writes them."""

import re
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.tables import alternation, load_table

RUN: Final = re.compile(r"\d{1,40}+(?:[.,]\d{1,40}+|['’\u00a0\u202f\u2009 ]\d{3}(?!\d)){0,8}+")
"""Digits and separators of one number. Bounded, so that a hostile run is read in pieces."""

SPACED: Final = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?=[.,]\d|$)")
BEFORE_A_GROUP: Final = re.compile(r"\d[ \u00a0.,/-]$|[^\W_]-$|[+#/]$")
BEHIND_A_GROUP: Final = re.compile(r"[ -]\d|[-/:]")
COUNTED: Final = re.compile(r"[ \u00a0]?(?:[%‰€$£°]|[a-zà-öø-ÿμ]{1,24}(?![^\W_]))")
"""Sign, unit or lower-case word after a number that it counts."""

RACE: Final = re.compile(rf" ?{alternation(load_table('races')['units'])}(?![^\W_])")
RACE_LENGTHS: Final = word_set(load_table("races")["lengths"])

SPACES: Final = "\u00a0\u202f\u2009'’"


def ascii_digits(text: str) -> str:
    """Digits of any script as ASCII."""
    return text if text.isascii() else "".join(str(int(character)) if character.isdecimal() else character for character in text)


def read_number(text: str, position: int, *, language: Language, sign: str = "") -> tuple[Number, int] | None:
    """Number that begins at the position with a digit, and its end."""
    match = RUN.match(text, position)
    if not match:
        return None
    raw = ascii_digits(match[0])
    if " " in raw and not language.has_space_groups and not _has_plain_space_groups(text, match):
        raw = raw.partition(" ")[0]
    length, number = _interpret(raw, language=language, sign=sign)
    return number, position + length


def _has_plain_space_groups(text: str, match: re.Match[str]) -> bool:
    """True if plain spaces separate thousands in a language that usually writes another sign: 10 000 km, but not 5 100 metre races."""
    groups = SPACED.match(match[0])
    start, end = match.span()
    if not groups or BEFORE_A_GROUP.search(text[max(0, start - 2) : start]) or BEHIND_A_GROUP.match(text, end):
        return False
    first, *rest = ascii_digits(groups[0]).split(" ")
    counted = COUNTED.match(text, end)
    if len(first) == 1 and len(rest) == 1 and RACE.match(text, end) and rest[0] in RACE_LENGTHS:
        return False
    is_round = all(group.endswith("00") for group in (first, *rest))
    return rest[-1] == "000" or counted is not None or (len(rest) > 1 and not is_round)


def parse_number(text: str, *, language: Language, is_money: bool = False) -> Number | None:
    """Parse a whole text as a number with sign, or return None."""
    body = text.strip()
    sign = ""
    if body[:1] in "+-−–" and body:
        sign, body = ("+" if body[0] == "+" else "-"), body[1:].lstrip()
    body = ascii_digits(body)
    if not re.fullmatch(r"(?:\d[\d.,'’\u00a0\u202f\u2009 ]{0,60})?\.?\d{1,60}", body):
        return None
    if body[0] == ".":
        body = f"0{body}"
    raw = body.replace(" ", "\u00a0")
    length, number = _interpret(raw, language=language, sign=sign, is_money=is_money)
    return number if length == len(raw) else None


def _interpret(raw: str, *, language: Language, sign: str, is_money: bool = False) -> tuple[int, Number]:
    """Length of the number at the beginning of the run, and the number."""
    spaced = [space for space in SPACES + " " if space in raw]
    if not spaced:
        return _interpret_marks(raw, language=language, sign=sign, is_money=is_money)
    groups = re.split(f"[{SPACES} ]", re.split(r"[.,]", raw)[0])
    if not _has_groups(groups):
        return _interpret_marks(groups[0], language=language, sign=sign, is_money=is_money)
    joined = "".join(character for character in raw if character not in SPACES + " ")
    length, number = _interpret_marks(joined, language=language, sign=sign, is_money=is_money)
    return length + len(raw) - len(joined), number


def _interpret_marks(raw: str, *, language: Language, sign: str, is_money: bool) -> tuple[int, Number]:
    """Same for a run without spaces."""
    length, last = len(raw), max(raw.rfind("."), raw.rfind(","))
    if last < 0:
        return length, Number(raw, sign=sign)
    whole, mark, fraction = raw[:last], raw[last], raw[last + 1 :]
    other = "," if mark == "." else "."
    groups = raw.split(mark)
    is_grouped = _has_groups(groups) or (mark == "," and _has_indian_groups(groups))
    if other in raw:
        number = Number(whole.replace(other, ""), fraction, mark, sign) if _has_groups(whole.split(other)) else None
    elif is_grouped and (len(groups) > 2 or mark != language.decimal_mark or (is_money and mark == ",")):
        number = Number("".join(groups), sign=sign)
    elif len(groups) == 2 and (language.decimal_mark in {mark, ","} or (is_money and len(fraction) <= 2)):
        number = Number(whole, fraction, mark, sign)
    else:
        number = None
    if number:
        return length, number
    digits = re.split(r"[.,]", raw, maxsplit=1)[0]
    return len(digits), Number(digits, sign=sign)


def _has_groups(groups: list[str]) -> bool:
    """True for groups of thousands: one to three digits, then threes."""
    first, *rest = groups
    is_grouped = 1 <= len(first) <= 3 and first[0] != "0" and bool(rest) and all(len(group) == 3 for group in rest)
    return is_grouped and all(group.isdecimal() for group in groups)


def _has_indian_groups(groups: list[str]) -> bool:
    """True for lakhs and crores: 1,00,000."""
    first, *rest = groups
    is_grouped = 1 <= len(first) <= 2 and first[0] != "0" and len(rest) > 1 and len(rest[-1]) == 3
    return is_grouped and all(len(group) == 2 for group in rest[:-1]) and all(group.isdecimal() for group in groups)

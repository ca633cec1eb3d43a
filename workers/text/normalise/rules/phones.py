"""Telephone and card numbers: digit groups, read digit by digit with a pause between groups."""

import re
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_set
from workers.text.normalise.tables import alternation, load_table
from workers.text.normalise.written_numbers import ascii_digits

INTERNATIONAL: Final = re.compile(r"\+(?=\d)[\d \u00a0.()/-]{6,22}(?<=\d)(?!\d)")
NATIONAL: Final = re.compile(
    r"(?:1[ .-])?\(\d{2,5}\)[ -]?\d{3,5}[ .-]?\d{3,5}(?!\d)"  # (415) 555-2671, (11) 91234-5678
    r"|(?:1[.-])?\d{3}([.-])\d{3}\1\d{4}(?![\d-])"  # 555-867-5309
    r"|\d{3}-\d{4}(?![\d-])"  # 555-1234
    r"|0\d{1,5}(?:[ /.-]\d{2,8}){1,6}(?![\d/.-]*\d)"  # 01 42 68 53 00, 030/123456
)
SPANISH: Final = re.compile(r"[679]\d{2}(?:[ .-]\d{3}[ .-]\d{3}|(?:[ .-]\d{2}){3})(?!\d)|9\d \d{3} \d{2} \d{2}(?! ?\d)")
PORTUGUESE: Final = re.compile(r"(?!(?:1\d|20)\d\d-(?:1\d|20)\d\d(?!\d))9?\d{4}-\d{4}(?!\d)|9\d{2} \d{3} \d{3}(?!\d)")
ITALIAN: Final = re.compile(r"3\d{2}[ .-](?:\d{6,7}|\d{3}[ .-]\d{3,4})(?!\d)")
FRENCH: Final = re.compile(r"0\d{9}(?![\d.,]*\d)")
BY_LANGUAGE: Final = {"fr": FRENCH, "es": SPANISH, "pt": PORTUGUESE, "it": ITALIAN}
SERIAL: Final = re.compile(r"\d{1,12}(?:-\d{1,12}){2,8}(?![\d-])")
POSTCODE: Final = re.compile(r"\d{5}(?:-\d{4})?(?![\w-]|[.,]\d)")
STATE_BEFORE: Final = re.compile(rf"\b{alternation(load_table('phones')['states'])}[ \u00a0]$")
"""State before an American postal code."""

CARD: Final = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?!\d)")
LONG: Final = re.compile(r"\d{16,}+")
NAMED: Final = re.compile(r"\d{3,15}(?:[ /-]\d{2,8}){0,5}(?![\d.,]*\d|[^\W_])")
NAMES: Final = re.compile(rf"(?:\b|_){alternation(load_table('phones')['names'])}(?:\.|:|\.:)?[ \u00a0]$", re.IGNORECASE)
"""Words followed by a telephone number of any form."""
EXTENSION: Final = re.compile(
    rf"(?:,? ?(?:x|#) ?|,? {alternation(load_table('phones')['before_extensions'])}:? ?)(\d{{1,6}})(?![\w-]|[.,]\d)",
    re.IGNORECASE,
)
DIALLED: Final = re.compile(r"\d{3}(?![\d.,]\d|\d|[^\W_]|[ -]\d)")
DIALLING: Final = word_set(load_table("phones")["dialling"])
FRENCH_NATIONAL_DIGITS: Final = 10
GROUP: Final = re.compile(r"\d+|\+")


def read_phone(context: Context, position: int) -> Reading | None:
    """A phone, card or other long number of digit groups, with the extension behind it."""
    found = _read_number(context, position)
    return _with_extension(context, found) if found else None


def _with_extension(context: Context, found: Reading) -> Reading:
    """Number with its extension (555-0199 x12, ext. 45): two figures are a number, more are read one by one."""
    match, word = EXTENSION.match(context.text, found.end), load_table("phones")["extension"].get(context.language.code)
    if not match or not word:
        return found
    language = context.language
    figures = language.cardinal(int(match[1])) if len(match[1]) <= 2 and match[1][0] != "0" else language.digits(match[1])
    return Reading(match.end(), f"{found.spoken} {word} {figures}")


def _read_number(context: Context, position: int) -> Reading | None:
    text, language = context.text, context.language
    long = LONG.match(text, position)
    if long:
        return Reading(long.end(), language.digits(long[0]))
    postcode = POSTCODE.match(text, position) if language.code == "en" else None
    if postcode and STATE_BEFORE.search(text[max(0, position - 6) : position]):
        return Reading(postcode.end(), say_groups(postcode[0], language=language))
    card = CARD.match(text, position) or SERIAL.match(text, position)
    if card:
        return Reading(card.end(), say_groups(card[0], language=language))
    international = INTERNATIONAL.match(text, position)
    if international and 7 <= sum(character.isdigit() for character in international[0]) <= 15:
        return Reading(international.end(), say_groups(international_groups(international[0]), language=language))
    own = BY_LANGUAGE.get(language.code)
    match = NATIONAL.match(text, position) or (own.match(text, position) if own else None)
    if match and 7 <= sum(character.isdigit() for character in match[0]) <= 15:
        return Reading(match.end(), say_groups(match[0], language=language))
    return _read_announced(context, position)


def _read_announced(context: Context, position: int) -> Reading | None:
    """Figures after "Tel.", and three of them after "call"."""
    named = NAMED.match(context.text, position)
    if named and NAMES.search(context.text[max(0, position - 12) : position]):
        return Reading(named.end(), say_groups(named[0], language=context.language))
    dialled = DIALLED.match(context.text, position) if context.language.code == "en" else None
    if dialled and context.word_before(position).lower() in DIALLING:
        return Reading(dialled.end(), context.language.phone_digits(dialled[0]))
    return None


def international_groups(written: str) -> str:
    """Number in the groups of its country, or as written if it has groups or is no number of that country."""
    if len(GROUP.findall(written)) > 2:
        return written
    import phonenumbers

    try:
        number = phonenumbers.parse(ascii_digits(written))
    except phonenumbers.NumberParseException:
        return written
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def say_groups(written: str, *, language: Language) -> str:
    """Digit groups with a pause between, so that they do not run into each other. French reads pairs as numbers."""
    groups = GROUP.findall(ascii_digits(written))
    has_plus = groups[0] == "+"
    spoken = [_say_group(group, language=language) for group in groups if group != "+"]
    return (f"{language.plus} " if has_plus else "") + ", ".join(spoken)


def _say_group(group: str, *, language: Language) -> str:
    if language.code != "fr" or (len(group) > 3 and len(group) != FRENCH_NATIONAL_DIGITS):
        return language.phone_digits(group)
    if len(group) == FRENCH_NATIONAL_DIGITS:
        return " ".join(_say_group(group[at : at + 2], language=language) for at in range(0, len(group), 2))
    zeros = group[: len(group) - len(group.lstrip("0"))]
    rest = group[len(zeros) :]
    return " ".join(filter(None, (language.digits(zeros), language.cardinal(int(rest)) if rest else "")))

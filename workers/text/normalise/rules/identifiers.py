"""Identifiers of computers, letter by letter: 0x1F, #ff8800, UUIDs, commit hashes, MAC and IP addresses."""

import re
from typing import Final

from workers.text.normalise.context import Context, Reading
from workers.text.normalise.languages.values import Number
from workers.text.scripts import FIRST_IDEOGRAPH

HEX: Final = r"[0-9A-Fa-f]"
STARTS: Final = (
    rf"(?<![^\W_])(?:(?:{HEX}{{2}}[:-]){{2}}|(?=[0-9a-f]{{0,39}}\d)[a-f][0-9a-f]{{6,39}}(?![^\W_])|{HEX}{{8}}-{HEX}{{4}}-"
    rf"|{HEX}{{2,4}}:(?={HEX}{{0,4}}:))|::(?={HEX})"
)
"""Starts of identifiers whose first character is no figure."""

PREFIXED: Final = re.compile(r"0[xX]([0-9A-Fa-f]{1,32})(?![^\W_])")
COLOUR: Final = re.compile(r"#([0-9A-Fa-f]{8}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3,4})(?![^\W_])")
ONE_LETTER: Final = re.compile(r"([A-Fa-f])\1+")
UUID: Final = re.compile(rf"{HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}}(?![^\W_]|-)")
MAC: Final = re.compile(rf"{HEX}{{2}}(?:([:-]){HEX}{{2}})(?:\1{HEX}{{2}}){{4}}(?![^\W_]|[:-])")
HASH: Final = re.compile(r"[0-9a-f]{7,40}(?![^\W_]|[.,]\d)")
SCIENTIFIC: Final = re.compile(r"\d+e\d+")
IPV6: Final = re.compile(rf"(?=[0-9A-Fa-f:]{{0,39}}(?:::|[A-Fa-f]))(?:{HEX}{{1,4}}:|:(?=:)){{1,7}}:?(?:{HEX}{{1,4}})?(?![^\W_]|:)")
IPV4: Final = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)(?::(\d{1,5}))?(?:/(\d{1,2})(?!\d))?")
LONGEST_BYTE: Final = 255


def read_identifier(context: Context, position: int) -> Reading | None:
    before = context.character(position - 1)
    if (before.isalnum() and before < FIRST_IDEOGRAPH) or before in {"_", "-", "."}:
        return None
    character = context.text[position]
    if character == "#":
        return _read_colour(context, position)
    if character == ":":
        return _read_ipv6(context, position)
    return (
        _read_prefixed(context, position)
        or _read_groups(context, position)
        or _read_ipv4(context, position)
        or _read_ipv6(context, position)
        or _read_hash(context, position)
    )


def _spell(context: Context, text: str) -> str:
    return " ".join(filter(None, (context.language.character(character) for character in text)))


def _read_prefixed(context: Context, position: int) -> Reading | None:
    """0x1F."""
    match = PREFIXED.match(context.text, position)
    return Reading(match.end(), _spell(context, f"0x{match[1]}")) if match else None


def _read_colour(context: Context, position: int) -> Reading | None:
    """#ff8800; #facade is a hashtag and #123456 a number."""
    match = COLOUR.match(context.text, position)
    if not match or match[1].isdecimal() or (match[1].isalpha() and not ONE_LETTER.fullmatch(match[1])):
        return None
    return Reading(match.end(), f"{context.language.symbols['#']} {_spell(context, match[1])}")


def _read_groups(context: Context, position: int) -> Reading | None:
    """UUIDs and MAC addresses, with a pause between their groups."""
    match = UUID.match(context.text, position) or MAC.match(context.text, position)
    if not match or not any(map(str.isalpha, match[0])):
        return None
    return Reading(match.end(), ", ".join(_spell(context, group) for group in re.split(r"[:-]", match[0])))


def _read_ipv4(context: Context, position: int) -> Reading | None:
    """192.168.0.1, with its port or the length of its prefix."""
    match = IPV4.match(context.text, position)
    if not match or any(int(match[part]) > LONGEST_BYTE or (len(match[part]) > 1 and match[part][0] == "0") for part in range(1, 5)):
        return None
    language = context.language
    words = [f" {language.symbols['.']} ".join(language.number(Number(match[part])) for part in range(1, 5))]
    words += [f"{language.symbols[':']} {language.number(Number(match[5]))}"] if match[5] else []
    words += [f"{language.symbols['/']} {language.number(Number(match[6]))}"] if match[6] else []
    return Reading(match.end(), " ".join(words))


def _read_ipv6(context: Context, position: int) -> Reading | None:
    """2001:db8::1; times of day have neither letters nor two colons in a row."""
    match = IPV6.match(context.text, position)
    has_digit = match is not None and any(map(str.isdecimal, match[0]))
    if not match or not has_digit or (match[0].count(":") != 7 and match[0].count("::") != 1):
        return None
    return Reading(match.end(), _spell(context, match[0]))


def _read_hash(context: Context, position: int) -> Reading | None:
    """9fceb02: letters and at least two figures."""
    match = HASH.match(context.text, position)
    if not match or match[0].isalpha() or match[0].isdecimal() or SCIENTIFIC.fullmatch(match[0]):
        return None
    return Reading(match.end(), _spell(context, match[0])) if sum(map(str.isdecimal, match[0])) > 1 else None

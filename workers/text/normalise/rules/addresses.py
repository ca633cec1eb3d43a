"""URLs, domains and email addresses, read piece by piece."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from workers.text.normalise.languages.base import Language
from workers.text.normalise.languages.nouns import word_list, word_set
from workers.text.normalise.languages.values import Number
from workers.text.normalise.tables import load_table

_TABLE: Final = load_table("addresses")

DOMAINS: Final = "|".join(word_list(_TABLE["domains"]))
WIDE: Final = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
"""Characters and marks of Chinese and Japanese, which adjoin URLs without a space."""

LETTER: Final = rf"(?:(?![{WIDE}])[\w+-])"
REST: Final = rf"[^\s<>\"”»{WIDE}]"
WORD_DOMAINS: Final = "|".join(word_list(_TABLE["word_domains"]))
"""Domains that are also words: a URL only with a path after it."""

ADDRESS: Final = (
    rf"(?<![@.+-])(?<!(?![{WIDE}])\w)(?:"
    rf"(?:https?|ftp)://{REST}{{1,2000}}+"
    rf"|www\.{REST}{{1,2000}}+"
    rf"|{LETTER}{{1,64}}+(?:\.{LETTER}{{1,64}}+){{0,8}}@{LETTER}{{1,63}}+(?:\.{LETTER}{{1,63}}+){{1,8}}"
    rf"|(?:[A-Za-z0-9-]{{1,63}}+\.){{1,8}}+(?<=\.)(?:{DOMAINS})(?![\w-])(?:\.[a-z]{{2}}(?!\w))?(?:[/?#]{REST}{{0,2000}}+)?"
    rf"|(?:[A-Za-z0-9-]{{1,63}}+\.){{1,3}}?(?:{DOMAINS})(?![\w-])(?:[/?#]{REST}{{0,2000}}+)?"
    rf"|(?:[A-Za-z0-9-]{{1,63}}+\.){{1,3}}?(?:{WORD_DOMAINS})(?=/)(?:{REST}{{0,2000}}+)"
    r")"
)
INSIDE: Final = re.compile(r"[.@][^\s.]|://")
"""Characters without which a text contains no URL."""
TRAILING: Final = ".,;:!?)]}'’*"
PIECE: Final = re.compile(r"[^\W\d_]+|\d+|\S")
CAMEL: Final = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
SPELLED: Final = word_set(_TABLE["spelled"])
LONGEST_NUMBER: Final = 4
"""Longer figures in a URL are read digit by digit."""


@cache
def _address_pattern() -> re.Pattern[str]:
    """ADDRESS, compiled at the first text with an address: that takes as long as the import of all other rules."""
    return re.compile(ADDRESS, re.IGNORECASE)


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Find the start and end of each address."""
    if not INSIDE.search(text):
        return
    for match in _address_pattern().finditer(text):
        end = match.end()
        while text[end - 1] in TRAILING and end > match.start() + 1:
            end -= 1
        yield match.start(), end


def say_address(written: str, *, language: Language) -> str:
    """Spoken form of a URL without the scheme: example dot com slash path."""
    body = re.sub(r"^(?:https?|ftp)://", "", written, flags=re.IGNORECASE).rstrip("/") or written
    return " ".join(filter(None, (_say_piece(piece, language=language) for piece in PIECE.findall(body))))


def _say_piece(piece: str, *, language: Language) -> str:
    if piece.isdecimal():
        return language.number(Number(piece)) if len(piece) <= LONGEST_NUMBER else language.digits(piece)
    if not piece.isalpha():
        return language.character(piece)
    if piece.lower() in SPELLED or (len(piece) <= 4 and not any(letter in "aeiouyàáâäãåèéêëìíîïòóôöõùúûü" for letter in piece.lower())):
        return language.spell(piece)
    return CAMEL.sub(" ", piece)


def say_tag(written: str, *, language: Language) -> str:
    """Words of a hashtag or handle, split at camel case and underscores."""
    pieces = PIECE.findall(CAMEL.sub(" ", written.replace("_", " ")))
    return " ".join(_say_figures(piece, language=language) if piece.isdecimal() else piece for piece in pieces)


def _say_figures(figures: str, *, language: Language) -> str:
    is_year = len(figures) == 4 and 1900 <= int(figures) <= 2099
    return language.year(int(figures)) if is_year else language.number(Number(figures))

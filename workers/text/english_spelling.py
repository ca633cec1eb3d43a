"""Prepares written words for the G2P, so that it does not fail, misread markup or truncate a word."""

import re
import unicodedata
from typing import Final, Protocol

from workers.text.interjections import find_sound, shorten_english_word

WORD: Final = re.compile(r"[^\s—]+—*|—+")
DIGIT_RUN: Final = re.compile(r"[0-9][0-9,]*")
LETTER_RUN: Final = re.compile(r"[^\W\d_]+")
REPEATED_MARK: Final = re.compile(r"([^\w\s])\1{3,}")

LONGEST_NUMBER_DIGITS: Final = 15
"""Longest number read as a number (hundreds of trillions); longer ones are read digit by digit. Hibari's number words end at 10 to the
36th.
"""

LONGEST_LETTERS: Final = 24
"""Most letters of a word that hibari's network for unknown words reads; the rest would be silent."""

LONGEST_MARKS: Final = 8
"""Longest chunk of marks alone that is read, such as a ruler of dashes."""


LONGEST_PIECE_CHARACTERS: Final = 40
"""Longest piece without a space: the G2P's time grows with the third power of its hyphens and digits (7 s for 400 of them)."""

PIECE: Final = re.compile(rf"[^\s]{{1,{LONGEST_PIECE_CHARACTERS - 1}}}[^\w\s]|[^\s]{{1,{LONGEST_PIECE_CHARACTERS}}}")


class KnownWords(Protocol):
    """Lookup of a word in the lexicon."""

    def __call__(self, word: str, /) -> bool: ...


def find_words(text: str) -> list[tuple[str, int]]:
    """Written words with their offsets, separated by white space or dashes, punctuation included."""
    return [(match[0], match.start()) for match in WORD.finditer(text)]


def simplify_word(word: str, *, is_known: KnownWords, is_common: KnownWords | None = None) -> list[str]:
    """Pieces that the G2P reads for one written word: usually one, none for invisible characters.

    is_common: lookup among the lexicon's own words, which a drawn-out word is mapped to; by default `is_known`.
    """
    plain = "".join(_simplify_character(character) for character in word)
    plain = plain.replace("](", "],(")  # [text](/phonemes/) is markup to the G2P
    plain = REPEATED_MARK.sub(r"\1\1\1", plain)
    plain = DIGIT_RUN.sub(_space_long_number, plain)
    plain = LETTER_RUN.sub(lambda match: _say_as_word(match[0], is_common=is_common or is_known), plain)
    plain = LETTER_RUN.sub(lambda match: _space_long_word(match[0], is_known=is_known), plain)
    pieces = [short for piece in plain.split() for short in _cut_piece(piece)]
    return [piece if any(map(str.isalnum, piece)) else piece[:LONGEST_MARKS] for piece in pieces]


def sound_of(piece: str) -> str:
    """Comparable characters of a spelling: letters and digits, or the marks if there is nothing else."""
    return "".join(character for character in piece.casefold() if character.isalnum()) or piece


def _simplify_character(character: str) -> str:
    """ASCII for styled letters and foreign digits; nothing for controls, joiners and variation selectors."""
    if character.isascii():
        return character if character.isprintable() else ""
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Co", "Cn", "Cs", "Me"} or "\ufe00" <= character <= "\ufe0f":
        return ""
    if character.isdigit() and character not in "²³":  # those two are read as "squared" and "cubed"
        return str(unicodedata.digit(character))
    if category.startswith("L"):
        compatible = unicodedata.normalize("NFKC", character)
        return compatible if compatible.isascii() and compatible.isalpha() else character
    return character


def _cut_piece(piece: str) -> list[str]:
    """Split a long URL or a chain of hyphens, after marks if possible."""
    return [piece] if len(piece) <= LONGEST_PIECE_CHARACTERS else PIECE.findall(piece)


def _space_long_number(match: re.Match[str]) -> str:
    digits = match[0].replace(",", "")
    return " ".join(digits) if len(digits) > LONGEST_NUMBER_DIGITS else match[0]


def _say_as_word(word: str, *, is_common: KnownWords) -> str:
    """Usual spelling of a drawn-out word: Shh for SHHHH, so for sooo."""
    return find_sound(word) or shorten_english_word(word, is_known=is_common)


def _space_long_word(word: str, *, is_known: KnownWords) -> str:
    if len(word) <= LONGEST_LETTERS or is_known(word) or is_known(word.lower()):
        return word
    return " ".join(word[start : start + LONGEST_LETTERS] for start in range(0, len(word), LONGEST_LETTERS))

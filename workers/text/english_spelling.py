"""Written words made fit for the G2P: nothing in them makes it fail, misread markup or cut a word short."""

import re
import unicodedata
from typing import Final, Protocol

from workers.text.interjections import find_sound, shorten_english_word

WORD: Final = re.compile(r"[^\s—]+—*|—+")
DIGIT_RUN: Final = re.compile(r"[0-9][0-9,]*")
LETTER_RUN: Final = re.compile(r"[^\W\d_]+")
REPEATED_MARK: Final = re.compile(r"([^\w\s])\1{3,}")

LONGEST_NUMBER_DIGITS: Final = 15
"""Hundreds of trillions are read as a number, longer ones digit by digit; hibari's number words end at 10 to the 36th."""

LONGEST_LETTERS: Final = 24
"""Most letters of a word that hibari's network for unknown words reads; the rest would be silent."""

LONGEST_MARKS: Final = 8
"""A chunk of marks alone, a ruler of dashes for instance, is read up to here."""


LONGEST_PIECE_CHARACTERS: Final = 40
"""Without a space; the G2P's time grows with the third power of the hyphens and digits in a piece (7 seconds for 400 of them)."""

PIECE: Final = re.compile(rf"[^\s]{{1,{LONGEST_PIECE_CHARACTERS - 1}}}[^\w\s]|[^\s]{{1,{LONGEST_PIECE_CHARACTERS}}}")


class KnownWords(Protocol):
    """Lookup of a word in the lexicon: True if it stands there."""

    def __call__(self, word: str, /) -> bool: ...


def find_words(text: str) -> list[tuple[str, int]]:
    """The written words and their offsets: what white space or a dash parts, punctuation included."""
    return [(match[0], match.start()) for match in WORD.finditer(text)]


def simplify_word(word: str, *, is_known: KnownWords, is_common: KnownWords | None = None) -> list[str]:
    """Pieces that the G2P reads for one written word: mostly one, none for invisible characters.

    is_common: whether a word is one of the lexicon's own, which a drawn-out one is taken for; `is_known` where it is not given.
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
    """Return the comparable characters of a spelling: letters and digits, or the marks where it has nothing else."""
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
    """A long address or a chain of hyphens in shorter ones, cut behind marks where it has any."""
    return [piece] if len(piece) <= LONGEST_PIECE_CHARACTERS else PIECE.findall(piece)


def _space_long_number(match: re.Match[str]) -> str:
    digits = match[0].replace(",", "")
    return " ".join(digits) if len(digits) > LONGEST_NUMBER_DIGITS else match[0]


def _say_as_word(word: str, *, is_common: KnownWords) -> str:
    """Shh for SHHHH, so for sooo."""
    return find_sound(word) or shorten_english_word(word, is_known=is_common)


def _space_long_word(word: str, *, is_known: KnownWords) -> str:
    if len(word) <= LONGEST_LETTERS or is_known(word) or is_known(word.lower()):
        return word
    return " ".join(word[start : start + LONGEST_LETTERS] for start in range(0, len(word), LONGEST_LETTERS))

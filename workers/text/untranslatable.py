"""Protects URLs from translation; the words around them are translated."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

ADDRESS: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"']{1,2000}|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
TRAILING: Final = ".,;:!?…)]}»”’"
"""Characters after a URL that belong to the sentence."""
LETTER: Final = re.compile(r"[^\W\d_]")


def translate_around(texts: Sequence[str], *, translate: Callable[[list[str]], list[str]]) -> list[str]:
    """Translate each text; URLs and texts without letters are returned unchanged.

    translate: called once with all text to translate, each with a letter and without surrounding white space.
    """
    cut = [_split_addresses(text) for text in texts]
    wanted = [piece.strip() for pieces in cut for piece, is_address in pieces if not is_address and LETTER.search(piece)]
    translated = iter(translate(wanted) if wanted else [])
    return ["".join(_restore_spaces(piece, is_address=is_address, translated=translated) for piece, is_address in pieces) for pieces in cut]


def _restore_spaces(piece: str, *, is_address: bool, translated: Iterator[str]) -> str:
    """Next translation, with the white space of the original piece."""
    if is_address or not LETTER.search(piece):
        return piece
    before, after = piece[: len(piece) - len(piece.lstrip())], piece[len(piece.rstrip()) :]
    return f"{before}{next(translated).strip()}{after}"


def _split_addresses(text: str) -> list[tuple[str, bool]]:
    """Pieces of the text in order, each with True if it is a URL."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for found in ADDRESS.finditer(text):
        address = found[0].rstrip(TRAILING)
        pieces += [(text[end : found.start()], False), (address, True)]
        end = found.start() + len(address)
    return [*pieces, (text[end:], False)]

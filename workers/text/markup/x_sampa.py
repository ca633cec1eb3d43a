r"""Converts X-SAMPA, phonemes in ASCII, to IPA (J. C. Wells, "Computer-coding the IPA", University College London, 1995)."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

ALPHABETS: Final = ("ipa", "x-sampa", "xsampa")
"""Accepted values of the alphabet attribute of <phoneme>."""

_TABLES: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_SYMBOLS: Final[Mapping[str, str]] = MappingProxyType({symbol: ipa for table in _TABLES.values() for symbol, ipa in table.items()})
_SYMBOL: Final = re.compile("|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True)))


def to_ipa(text: str) -> str:
    """Convert to IPA. Raises ValueError naming what is not X-SAMPA."""
    pieces: list[str] = []
    position = 0
    while position < len(text):
        match = _SYMBOL.match(text, position)
        if match is None:
            raise ValueError(f"is not X-SAMPA at {text[position]!r} (character {position + 1})")
        pieces.append(_SYMBOLS[match[0]])
        position = match.end()
    return "".join(pieces)

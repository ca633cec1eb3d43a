"""Folds full-width, styled and decomposed letters to ordinary ones, mapped to their written positions."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from workers.text.spoken_text import SpokenText, SpokenTextBuilder

COMBINED: Final = re.compile(r"[^\W\d_][\u0300-\u036f]{1,8}")
"""Letter with its accents. Bounded: ordering thousands of marks takes quadratic time."""

WIDE_MARK: Final = re.compile(r"(?<=[0-9０-９])[：．，／](?=[0-9０-９])")
"""Full-width marks inside a number; elsewhere they end sentences and clauses, and stay."""

WIDE_MARKS: Final = frozenset("：．，／")
KEPT: Final = frozenset("ªº²³¹⁰⁴⁵⁶⁷⁸⁹⁺⁻₀₁₂₃₄₅₆₇₈₉₊₋…™℠½¼¾№！，．：；？（）［］｛｝｡｢｣､")
"""Characters that rules and languages read themselves."""

REPLACED: Final = {
    "℃": "°C", "℉": "°F", "\u2044": "/", "\u2215": "/", "\u00b5": "μ", "\u2010": "-", "\u2011": "-", "\u2032": "'", "\u2033": "″",
    "\u3000": " ",
}  # fmt: skip

DROPPED_CATEGORIES: Final = frozenset(("Cc", "Cn", "Co", "Cs"))
INVISIBLE: Final = frozenset("\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Soft hyphens, zero-width spaces and direction marks; joiners stay, since Hindi and emoji need them."""


def fold(text: str) -> SpokenText:
    """Fold the text to ordinary letters; control characters, soft hyphens and the like become silent."""
    if text.isascii() and text.isprintable():
        return SpokenText.verbatim(text)
    changed = {character: folded for character in set(text) if (folded := _fold_character(character)) != character}
    pattern = "|".join(
        [COMBINED.pattern, WIDE_MARK.pattern] * (not text.isascii()) + ([f"[{re.escape(''.join(sorted(changed)))}]"] * bool(changed))
    )
    builder = SpokenTextBuilder(text)
    for match in re.finditer(pattern, text) if pattern else ():
        builder.keep(up_to=match.start())
        folded = "".join(changed.get(character, character) for character in match[0])
        if match[0] in WIDE_MARKS:
            folded = unicodedata.normalize("NFKC", match[0])
        builder.say(unicodedata.normalize("NFC", folded) if len(match[0]) > 1 else folded, up_to=match.end())
    return builder.build()


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in REPLACED:
        return REPLACED[character]
    if character in "\t\n\r" or character in KEPT:
        return character
    if character in INVISIBLE or unicodedata.category(character) in DROPPED_CATEGORIES:
        return ""
    decomposition = unicodedata.decomposition(character)
    if not decomposition.startswith("<") or decomposition.startswith("<fraction>"):
        return character
    folded = unicodedata.normalize("NFKC", character)
    if decomposition.startswith("<noBreak>") or folded.isspace():
        return character  # thousands are parted by such spaces
    is_korean = "\u1100" <= folded[0] <= "\u11ff"  # loose jamo would become others
    return character if is_korean or folded[0].isspace() else folded

"""Marks that are either quotation marks or signs of feet and inches."""

import re
from typing import Final

LOOK_BACK: Final = 300
"""Characters searched backwards for an opening mark, within a line. Bounded, so that a text full of marks takes linear time."""
DOUBLE: Final = re.compile(r"[\"“”]")
SINGLE: Final = re.compile(r"(?<![^\W_])['‘](?=\w)(?!\d0s)|(?<=[^\s])['’](?![^\W_])")
OPENING: Final = frozenset("“‘")


def is_closing_quote(text: str, position: int) -> bool:
    """True if the mark at the position closes a quotation opened before it in the same line."""
    start = max(text.rfind("\n", 0, position) + 1, position - LOOK_BACK)
    pattern = DOUBLE if text[position] in '"”″' else SINGLE
    is_open = False
    for match in pattern.finditer(text, start, position):
        mark, before = match[0], text[match.start() - 1 : match.start()]
        if mark in OPENING:
            is_open = True
        elif is_open:
            is_open = False
        elif not before.isdigit():  # after a figure and outside a quotation it means feet or inches
            is_open = True
    return is_open and text[position] != "″"

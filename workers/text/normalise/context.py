"""Context and result of a rule."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from workers.text.normalise.languages.base import Language

WORD_BEFORE: Final = re.compile(r"([^\W\d_]{1,30})(['’]?)[.,]?[ \u00a0\u202f]?$")
WORD_AFTER: Final = re.compile(r"[ \u00a0\u202f]?([^\W\d_]{1,30})")
FIGURE_AFTER: Final = re.compile(r"[ \u00a0]\d{1,15}(?:st|nd|rd|th)?(?![\w/-]|[.,:]\d)")
LOOK_BACK: Final = 34
"""Characters searched backwards for a preceding word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Result of a rule: the text up to `end` is spoken as `spoken`."""

    end: int
    spoken: str


@dataclass(frozen=True, slots=True)
class Context:
    """Folded text and the language it is read in."""

    text: str
    language: Language

    def character(self, position: int) -> str:
        """Character at a position; empty outside of the text."""
        return self.text[position] if 0 <= position < len(self.text) else ""

    def word_before(self, position: int) -> str:
        """Word that ends before the position, at most a space away; an elided one with its apostrophe."""
        match = WORD_BEFORE.search(self.text[max(0, position - LOOK_BACK) : position])
        return match[1] + match[2] if match else ""

    def word_after(self, position: int) -> str:
        """Word that begins at the position or after one space."""
        match = WORD_AFTER.match(self.text, position)
        return match[1] if match else ""

    def ends_sentence(self, position: int) -> bool:
        """True if the text or its line ends here, or a capital follows. A figure may also follow within a sentence."""
        rest = self.text[position : position + 4].lstrip(" \u00a0\"'”’»)")
        return not rest or rest[0] == "\n" or rest[0].isupper() or self.character(position) == "\n"

    def precedes_figure(self, position: int) -> bool:
        """True if a number follows after a space that is neither a day of a month nor part of a date."""
        return (
            FIGURE_AFTER.match(self.text, position) is not None and self.word_after(self._figure_end(position)) not in self._month_names()
        )

    def _figure_end(self, position: int) -> int:
        match = FIGURE_AFTER.match(self.text, position)
        return match.end() if match else position

    def _month_names(self) -> set[str]:
        names = {*self.language.months, *self.language.month_abbreviations}
        return names | {name.capitalize() for name in names}


class Rule(Protocol):
    """Reads the text at a position, or returns None."""

    def __call__(self, context: Context, position: int, /) -> Reading | None: ...

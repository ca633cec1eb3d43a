"""Parsed text: its segments, and the text without tags that they form."""

from dataclasses import dataclass, field
from typing import Final

from workers.contract.markup import Segment
from workers.text.markup.errors import MarkupError

CHARACTERS_PER_SECOND: Final = 15
"""Characters spoken per second at normal speed: 500 characters are about 30 seconds."""


@dataclass(frozen=True, slots=True)
class Document:
    """Result of parse_markup."""

    written: str
    """Text without tags, references resolved: charged and limited by its length; word timings refer to it."""
    segments: tuple[Segment, ...]
    """Segments in order; their concatenated texts are `written`."""
    warnings: tuple[str, ...] = ()
    """Markup that has no effect, one sentence each with its line and column."""
    is_markup: bool = False
    source: str = field(default="", repr=False)
    """Text as sent."""
    offsets: tuple[int, ...] = field(default=(), repr=False)
    """Offset of each segment in the source: of its tag for an element, otherwise of its first character."""

    @property
    def counted_characters(self) -> int:
        """Number of characters charged and limited: code points of the text without tags. A reference such as &amp; counts as one."""
        return len(self.written)

    @property
    def voices(self) -> tuple[str, ...]:
        """Voices named in the markup, each once, in order."""
        return tuple(dict.fromkeys(segment.voice for segment in self.segments if segment.voice))

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages named in the markup, each once, in order."""
        return tuple(dict.fromkeys(segment.language for segment in self.segments if segment.language))

    @property
    def break_seconds(self) -> float:
        """Total duration of the breaks in the markup."""
        return sum(segment.break_seconds for segment in self.segments)

    def error_at(self, index: int, message: str) -> MarkupError:
        """Error for a fault found later in a segment: an unknown voice, or say-as content of the wrong type."""
        return MarkupError.at(self.source, self.offsets[index], message)


def spoken_size(segment: Segment) -> int:
    """Approximate number of characters that an engine receives for a segment; a pause counts as the characters that could be spoken
    meanwhile.
    """
    return max(len(segment.text), len(segment.alias), len(segment.phonemes), round(segment.break_seconds * CHARACTERS_PER_SECOND))


def added_size(segment: Segment) -> int:
    """Characters that an alias or phonemes add to the written, and so counted, text."""
    return max(len(segment.alias), len(segment.phonemes), len(segment.text)) - len(segment.text)

"""A text that was read: its segments, and the text without tags that they make up."""

from dataclasses import dataclass, field
from typing import Final

from workers.contract.markup import Segment
from workers.text.markup.errors import MarkupError

CHARACTERS_PER_SECOND: Final = 15
"""Characters spoken per second at normal speed: 500 characters are about 30 seconds."""


@dataclass(frozen=True, slots=True)
class Document:
    """The result of parse_markup."""

    written: str
    """The text without tags, references resolved: what is counted, and what word timings refer to."""
    segments: tuple[Segment, ...]
    """In order; their texts put together are `written`."""
    warnings: tuple[str, ...] = ()
    """Markup that has no effect, one sentence each with its line and column."""
    is_markup: bool = False
    source: str = field(default="", repr=False)
    """The text as it was sent."""
    offsets: tuple[int, ...] = field(default=(), repr=False)
    """Offset of each segment in the source: of its tag for an element, otherwise of its first character."""

    @property
    def counted_characters(self) -> int:
        """Number of characters charged and limited: code points of the text without tags. A reference such as &amp; counts as one."""
        return len(self.written)

    @property
    def voices(self) -> tuple[str, ...]:
        """The voices that the markup names, each once, in order."""
        return tuple(dict.fromkeys(segment.voice for segment in self.segments if segment.voice))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that the markup names, each once, in order."""
        return tuple(dict.fromkeys(segment.language for segment in self.segments if segment.language))

    @property
    def break_seconds(self) -> float:
        """All pauses that the markup asks for."""
        return sum(segment.break_seconds for segment in self.segments)

    def error_at(self, index: int, message: str) -> MarkupError:
        """Build the error for a fault found later in a segment: an unknown voice, a say-as whose content is not of its type."""
        return MarkupError.at(self.source, self.offsets[index], message)


def spoken_size(segment: Segment) -> int:
    """About how many characters an engine is given for a segment; a pause takes the place of those that could be said meanwhile."""
    return max(len(segment.text), len(segment.alias), len(segment.phonemes), round(segment.break_seconds * CHARACTERS_PER_SECOND))


def added_size(segment: Segment) -> int:
    """Count the characters that an alias or phonemes add to what is written, and so to what is counted."""
    return max(len(segment.alias), len(segment.phonemes), len(segment.text)) - len(segment.text)

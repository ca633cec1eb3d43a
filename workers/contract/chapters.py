"""Chapters of a spoken text: by characters when it is accepted, by seconds once it is spoken."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message

CHAPTERS: Final = "chapters"
"""Output of a join: the `ChapterTime`s of the whole text."""
MARKS: Final = "marks"
"""Output of a part that speaks: seconds at which each of `SpeakWork.marks` is heard."""
MOST_CHAPTERS: Final = 255
"""Entries that the table of contents of an ID3 tag and the chapter list of an MP4 file hold: both count them in one byte."""


@dataclass(frozen=True, slots=True)
class Chapter(Message):
    """Chapter of a text that is not spoken yet."""

    title: str
    start_character: int = 0
    """Offset of its first character in the whole written text."""


@dataclass(frozen=True, slots=True)
class ChapterTime(Message):
    """Chapter of spoken audio, in seconds."""

    title: str
    start: float
    end: float

"""Text of transcripts: segments joined to one text, and pieces of a recording joined without repeated words."""

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Final

from workers.contract.transcription import TranscriptSegment, TranscriptWord

SPACELESS: Final = frozenset({"zh", "ja", "th", "lo", "my", "km", "yue"})
"""Languages written without spaces between sentences."""
SAME_WORD: Final = 0.75
OVERLAP_SECONDS: Final = 0.05


def separator_of(language: str) -> str:
    """Text between two segments of a language."""
    return "" if language in SPACELESS else " "


def whole_text(segments: Iterable[TranscriptSegment], *, language: str) -> str:
    return separator_of(language).join(text for segment in segments if (text := segment.text.strip()))


def without_repetition(before: TranscriptSegment, segment: TranscriptSegment) -> TranscriptSegment:
    """The segment without its first word if that repeats the last word before it, at the same time."""
    if not before.words or not segment.words or not _is_same(before.words[-1], segment.words[0]):
        return segment
    words = segment.words[1:]
    text = segment.text.removeprefix(segment.words[0].word).strip()
    return replace(segment, text=text, words=words, start=words[0].start if words else segment.start, tokens=())


def compact_segment(segment: TranscriptSegment) -> dict[str, Any]:
    """Times, text and words of a segment, as an event carries them; a TranscriptSegment can be read from it."""
    words = [{"word": word.word, "start": word.start, "end": word.end, "probability": round(word.probability, 3)} for word in segment.words]
    return {"start": segment.start, "end": segment.end, "text": segment.text.strip(), "words": words}


def _is_same(word: TranscriptWord, other: TranscriptWord) -> bool:
    is_at_once = min(word.end, other.end) - max(word.start, other.start) > OVERLAP_SECONDS
    return is_at_once and SequenceMatcher(None, _bare(word.word), _bare(other.word)).ratio() >= SAME_WORD


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))

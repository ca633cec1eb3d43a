"""Converts segments to documents, and documents of pieces to one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from workers.contract.listening import TranscriptDocument, TranscriptSegment, TranscriptWord
from workers.recognition.pitch import most_common

SPACELESS: Final = frozenset({"zh", "ja", "th", "lo", "my", "km", "yue"})
"""Languages written without spaces between sentences."""
SAME_WORD: Final = 0.75
OVERLAP_SECONDS: Final = 0.05


def whole_text(segments: Iterable[TranscriptSegment], *, language: str) -> str:
    separator = "" if language in SPACELESS else " "
    return separator.join(text for segment in segments if (text := segment.text.strip()))


def without_words(segments: Iterable[TranscriptSegment]) -> tuple[TranscriptSegment, ...]:
    """Drop the words, for requests that did not ask for them."""
    return tuple(replace(segment, words=()) for segment in segments)


def join_segments(pieces: Sequence[Sequence[TranscriptSegment]]) -> tuple[TranscriptSegment, ...]:
    """Segments of all pieces in the time of the recording; a word transcribed on both sides of a cut is kept once."""
    joined: list[TranscriptSegment] = []
    for piece in pieces:
        following = list(piece)
        if joined and following:
            following[0] = _without_repetition(joined[-1], following[0])
        joined += [segment for segment in following if segment.text]
    return tuple(joined)


def join_gender(pieces: Sequence[TranscriptDocument]) -> str:
    """Gender of the voice that speaks most in all pieces together."""
    return most_common((piece.gender, sum(segment.end - segment.start for segment in piece.segments)) for piece in pieces)


def main_language(pieces: Sequence[TranscriptDocument]) -> str:
    """Language of most of the speech; empty without speech."""
    seconds: dict[str, float] = {}
    for piece in pieces:
        if piece.language and piece.segments:
            seconds[piece.language] = seconds.get(piece.language, 0.0) + sum(segment.end - segment.start for segment in piece.segments)
    return max(seconds, key=lambda language: seconds[language]) if seconds else ""


def _without_repetition(before: TranscriptSegment, segment: TranscriptSegment) -> TranscriptSegment:
    """The segment without its first word if that repeats the last word before it, at the same time."""
    if not before.words or not segment.words or not _is_same(before.words[-1], segment.words[0]):
        return segment
    words = segment.words[1:]
    text = segment.text.removeprefix(segment.words[0].word).strip()
    return replace(segment, text=text, words=words, start=words[0].start if words else segment.start, tokens=())


def _is_same(word: TranscriptWord, other: TranscriptWord) -> bool:
    is_at_once = min(word.end, other.end) - max(word.start, other.start) > OVERLAP_SECONDS
    return is_at_once and SequenceMatcher(None, _bare(word.word), _bare(other.word)).ratio() >= SAME_WORD


def _bare(word: str) -> str:
    return "".join(filter(str.isalnum, word.casefold()))

"""Converts segments to documents, and documents of pieces to one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workers.contract.transcription import TranscriptDocument, TranscriptSegment
from workers.recognition.pitch import most_common
from workers.text.transcripts import without_repetition


def without_words(segments: Iterable[TranscriptSegment]) -> tuple[TranscriptSegment, ...]:
    """Drop the words, for requests that did not ask for them."""
    return tuple(replace(segment, words=()) for segment in segments)


def join_segments(pieces: Sequence[Sequence[TranscriptSegment]]) -> tuple[TranscriptSegment, ...]:
    """Segments of all pieces in the time of the recording; a word transcribed on both sides of a cut is kept once."""
    joined: list[TranscriptSegment] = []
    for piece in pieces:
        following = list(piece)
        if joined and following:
            following[0] = without_repetition(joined[-1], following[0])
        joined += [segment for segment in following if segment.text]
    return tuple(joined)


def join_channels(channels: Sequence[Sequence[TranscriptSegment]]) -> tuple[TranscriptSegment, ...]:
    """Segments of all channels in the order of time, each with the number of its channel."""
    numbered = [replace(segment, channel=number) for number, channel in enumerate(channels) for segment in channel]
    return tuple(sorted(numbered, key=lambda segment: segment.start))


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

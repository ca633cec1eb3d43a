"""Transcripts as ElevenLabs' API shows them: words, and the spacing between them."""

import math
from collections.abc import Sequence
from typing import Any, Final

from apps.compat.deepgram.transcripts import HeardWord
from apps.compat.elevenlabs.languages import long_code
from apps.compat.openai.transcripts import cues_of
from apps.jobs.models import Job
from apps.transcription.documents import split_channels
from apps.transcription.kinds import TRANSCRIPTION
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord
from workers.text.subtitles.files import write_srt

FORMATS: Final = {"srt": ("srt", "application/x-subrip"), "txt": ("txt", "text/plain")}
"""Extension and content type of the additional formats."""
LEAST_PROBABILITY: Final = 1e-4


def transcript_shape(job: Job, heard: TranscriptDocument, *, granularity: str, formats: tuple[str, ...] = ()) -> dict[str, Any]:
    """Response body. granularity: none, word or character."""
    words = [] if granularity == "none" else word_shapes(heard, has_characters=granularity == "character")
    shape: dict[str, Any] = {
        "language_code": long_code(heard.language),
        "language_probability": 1.0 if heard.language else 0.0,
        "text": heard.text.strip(),
        "words": words,
        "transcription_id": job.uuid.hex,
        "audio_duration_secs": round(heard.duration, 3),
    }
    if formats:
        shape["additional_formats"] = [_additional(name, heard) for name in formats]
    return shape


def channels_shape(job: Job, heard: TranscriptDocument, *, granularity: str, formats: tuple[str, ...] = ()) -> dict[str, Any]:
    """Response body of a recording whose channels were transcribed on their own: a transcript for each."""
    channels = split_channels(heard, channels=TRANSCRIPTION.read_params(job).channels)
    shapes = [transcript_shape(job, channel, granularity=granularity, formats=formats) for channel in channels]
    return {
        "transcripts": [shape | {"channel_index": number} for number, shape in enumerate(shapes)],
        "transcription_id": job.uuid.hex,
        "audio_duration_secs": round(heard.duration, 3),
    }


def word_shapes(heard: TranscriptDocument, *, has_characters: bool = False) -> list[dict[str, Any]]:
    """Words and spacings in order; without word timings each segment is one word."""
    shapes: list[dict[str, Any]] = []
    for segment in heard.segments:
        speaker = segment.speaker.replace("SPEAKER_", "speaker_") or None
        for word in segment.words or (_as_word(segment),):
            text = word.word.strip()
            if not text:
                continue
            if shapes:
                shapes.append(_spacing(shapes[-1], until=word.start, speaker=speaker))
            shape = _entry(text, kind="word", start=word.start, end=word.end, speaker=speaker, probability=word.probability)
            shape["channel_index"] = segment.channel
            shapes.append(shape | ({"characters": _characters(text, start=word.start, end=word.end)} if has_characters else {}))
    return shapes


def spaced_shapes(words: Sequence[HeardWord]) -> list[dict[str, Any]]:
    """Words of live audio and the spacings between them."""
    shapes: list[dict[str, Any]] = []
    for word in words:
        if shapes:
            shapes.append(_spacing(shapes[-1], until=word.start, speaker=None))
        shapes.append(_entry(word.written, kind="word", start=word.start, end=word.end, speaker=None, probability=word.confidence))
    return shapes


def _as_word(segment: TranscriptSegment) -> TranscriptWord:
    return TranscriptWord(segment.text, segment.start, segment.end, math.exp(min(0.0, segment.average_log_probability)))


def _spacing(before: dict[str, Any], *, until: float, speaker: str | None) -> dict[str, Any]:
    return _entry(" ", kind="spacing", start=before["end"], end=max(before["end"], until), speaker=speaker, probability=1.0)


def _entry(text: str, *, kind: str, start: float, end: float, speaker: str | None, probability: float) -> dict[str, Any]:
    return {
        "text": text,
        "start": round(start, 3),
        "end": round(end, 3),
        "type": kind,
        "speaker_id": speaker,
        "logprob": round(math.log(max(LEAST_PROBABILITY, min(1.0, probability or 1.0))), 4),
    }


def _characters(text: str, *, start: float, end: float) -> list[dict[str, Any]]:
    step = (end - start) / len(text)
    return [
        {"text": character, "start": round(start + step * index, 3), "end": round(start + step * (index + 1), 3)}
        for index, character in enumerate(text)
    ]


def _additional(name: str, heard: TranscriptDocument) -> dict[str, Any]:
    extension, content_type = FORMATS[name]
    return {
        "requested_format": name,
        "file_extension": extension,
        "content_type": content_type,
        "is_base64_encoded": False,
        "content": write_srt(cues_of(heard)) if name == "srt" else f"{heard.text.strip()}\n",
    }

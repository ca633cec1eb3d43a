"""Transcript in the shape of /v1/stt/."""

from collections.abc import Mapping
from typing import Any

from apps.billing import prices
from apps.jobs.models import Job
from apps.jobs.outcomes import substitution_shape
from apps.transcription.documents import read_transcript
from apps.transcription.kinds import TRANSCRIPTION, TranscriptionParams
from apps.transcription.live_text import TextDelta
from apps.transcription.streaming import TranscriptShapes
from workers.contract.transcription import TranscriptDocument, TranscriptSegment, TranscriptWord


def transcript_shape(job: Job) -> dict[str, Any]:
    """Text, language, duration and segments of a completed transcription. Times in seconds."""
    transcript = read_transcript(job)
    params = TRANSCRIPTION.read_params(job)
    return {
        "text": transcript.text,
        "language": transcript.language,
        "duration": round(transcript.duration, 3),
        "segments": [_segment(segment, params=params) for segment in transcript.segments],
    }


def answer_shape(job: Job) -> dict[str, Any]:
    """Whole response of POST /v1/stt/."""
    charged = prices.credits(job.charged_millicredits)
    return {
        **transcript_shape(job),
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "model": job.asked_model,
        "credits_used": charged,
        **substitution_shape(job),
    }


def event_shapes(*, has_words: bool) -> TranscriptShapes:
    """Events of POST /v1/stt/ with `stream`."""

    def delta_shape(delta: TextDelta) -> dict[str, Any]:
        return {"type": "transcript.text.delta", "delta": delta.text, "segments": [_live(segment) for segment in delta.segments]}

    def _live(segment: TranscriptSegment) -> dict[str, Any]:
        words = {"words": [_word(word) for word in segment.words]} if has_words else {}
        return {"start": round(segment.start, 3), "end": round(segment.end, 3), "text": segment.text, **words}

    return TranscriptShapes(delta_shape, _ended_shapes, is_named=True)


def _ended_shapes(job: Job, document: TranscriptDocument) -> list[Mapping[str, Any]]:  # noqa: ARG001 - the protocol of shapes
    return [{"type": "transcript.text.done", **answer_shape(job)}]


def _segment(segment: TranscriptSegment, *, params: TranscriptionParams) -> dict[str, Any]:
    shape: dict[str, Any] = {"start": round(segment.start, 3), "end": round(segment.end, 3), "text": segment.text.strip()}
    if params.is_diarized:
        shape["speaker"] = segment.speaker
    if params.has_words:
        shape["words"] = [_word(word) for word in segment.words]
    return shape


def _word(word: TranscriptWord) -> dict[str, Any]:
    return {
        "word": word.word.strip(),
        "start": round(word.start, 3),
        "end": round(word.end, 3),
        "probability": round(word.probability, 3),
    }

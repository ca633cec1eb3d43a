"""Kind of job: speech to text."""

from dataclasses import dataclass

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit
from apps.jobs.params import RecordingParams
from workers.contract.transcription import TranscriptDocument


@dataclass(frozen=True, kw_only=True)
class TranscriptionParams(RecordingParams):
    model: str = ""
    language: str = ""
    """Tag of the spoken language; empty if it is detected."""
    is_translation: bool = False
    """True if the text is to be translated into English."""
    has_words: bool = False
    is_diarized: bool = False


RECORDING_LANES = LaneRule(longest_units=lambda: 1000 * settings.TTSAI_BULK_SECONDS)
"""Lanes of jobs whose size is the length of a recording, in milliseconds."""

TRANSCRIPTION = JobKind(
    name="transcription",
    params=TranscriptionParams,
    units=Unit.MILLISECONDS,
    lanes=RECORDING_LANES,
    document=TranscriptDocument,
    result_shape="apps.transcription.shapes.transcript_shape",
)

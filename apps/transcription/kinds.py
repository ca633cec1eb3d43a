"""Kind of job: speech to text."""

from dataclasses import dataclass

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit
from apps.jobs.params import RecordingParams, forgotten
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
    channels: int = 1
    """Channels that were transcribed on their own; 1 if they were mixed."""
    callback_event: str = ""
    """Kind of the delivery that tells another API's client of the end; empty for none."""
    callback_url: str = forgotten("")
    callback_method: str = ""
    callback_query: str = forgotten("")
    """Query of the request, which shapes what is sent."""


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

"""Kinds of job: voice conversion and speech to speech."""

from dataclasses import dataclass

from apps.jobs.kinds import JobKind, Unit
from apps.jobs.params import RecordingParams
from apps.transcription.kinds import RECORDING_LANES
from workers.contract.transcription import TranscriptDocument


@dataclass(frozen=True, kw_only=True)
class ConversionParams(RecordingParams):
    """Parameters of a conversion."""

    model: str = ""
    voice: str = ""
    """The target."""
    format: str = ""
    emotion: str = ""
    speed: float = 1.0
    languages: tuple[str, ...] = ()
    """Languages whose words the model converts; empty for a model that needs no words."""


VOICE_CONVERSION = JobKind(
    name="voice-convert",
    params=ConversionParams,
    units=Unit.MILLISECONDS,
    lanes=RECORDING_LANES,
    document=TranscriptDocument,
    result_shape="apps.conversion.shapes.conversion_shape",
)
SPEECH_TO_SPEECH = JobKind(
    name="speech-to-speech",
    params=ConversionParams,
    units=Unit.MILLISECONDS,
    lanes=RECORDING_LANES,
    result_shape="apps.conversion.shapes.conversion_shape",
)
"""Declares no document: the times of its transcript are those of the recording, which another pace does not keep, so that it has no subtitles."""

"""Kind of job: speech translation."""

from dataclasses import dataclass

from apps.jobs.kinds import Charge, JobKind, Unit
from apps.jobs.params import RecordingParams, SpokenParams
from apps.transcription.kinds import RECORDING_LANES
from workers.contract.transcription import ScriptDocument


@dataclass(frozen=True, kw_only=True)
class TranslationParams(SpokenParams, RecordingParams):
    """Parameters of a speech translation; `language` is the target's, and the text is in the document."""

    source_language: str = ""


SPEECH_TRANSLATION = JobKind(
    name="speech-translation",
    params=TranslationParams,
    units=Unit.MILLISECONDS,
    lanes=RECORDING_LANES,
    charge_on_failure=Charge.WORK_READ,
    has_timings=True,
    document=ScriptDocument,
    result_shape="apps.translation.shapes.translation_shape",
)

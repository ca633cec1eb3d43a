"""Kind of job: a turn of a voice chat."""

from dataclasses import dataclass

from apps.jobs.kinds import Charge, JobKind, Unit
from apps.jobs.params import RecordingParams, SpokenParams
from workers.contract.transcription import ScriptDocument


@dataclass(frozen=True, kw_only=True)
class TurnParams(SpokenParams, RecordingParams):
    """Parameters of a turn. `text` is the question, or empty if a recording asks it; the answer is in the document."""

    conversation: str = ""
    """Uuid of the conversation."""


VOICE_CHAT = JobKind(
    name="voice-chat",
    params=TurnParams,
    units=Unit.WEIGHT,
    charge_on_failure=Charge.WORK_READ,
    has_timings=True,
    document=ScriptDocument,
    result_shape="apps.conversations.shapes.turn_shape",
)

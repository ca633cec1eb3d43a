"""Kinds of the probes' jobs: internal, so that they are free and neither listed nor counted."""

from typing import Final

from apps.jobs.kinds import Charge, JobKind, LaneRule, Unit
from apps.jobs.models import Lane
from apps.jobs.params import JobParams, SpokenParams
from workers.contract.transcription import TranscriptDocument

_LANES: Final = LaneRule(awaited=Lane.NORMAL)
SPEECH_PROBE: Final = JobKind(
    name="speech_probe", params=SpokenParams, units=Unit.CHARACTERS, lanes=_LANES, charge_on_cancel=Charge.NOTHING, is_internal=True
)
TRANSCRIPTION_PROBE: Final = JobKind(
    name="transcription_probe",
    params=JobParams,
    units=Unit.MILLISECONDS,
    lanes=_LANES,
    charge_on_cancel=Charge.NOTHING,
    document=TranscriptDocument,
    is_internal=True,
)

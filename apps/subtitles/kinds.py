"""Kind of job: alignment of a known text with its audio."""

from dataclasses import dataclass

from apps.jobs.kinds import Charge, JobKind, LaneRule, Unit
from apps.jobs.models import Lane
from apps.jobs.params import JobParams, forgotten
from workers.contract.transcription import AlignedDocument


@dataclass(frozen=True, kw_only=True)
class AlignmentParams(JobParams):
    source: str = forgotten("")
    """Uuid of the job whose audio is aligned with its text."""
    language: str = ""


ALIGNMENT = JobKind(
    name="alignment",
    params=AlignmentParams,
    units=Unit.MILLISECONDS,
    lanes=LaneRule(awaited=Lane.NORMAL),
    charge_on_cancel=Charge.NOTHING,
    document=AlignedDocument,
    is_internal=True,
)

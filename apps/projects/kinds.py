"""Kind of job: lines of a composition, spoken and joined."""

from dataclasses import dataclass

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit
from apps.jobs.models import Lane
from apps.jobs.params import JobParams, forgotten
from workers.contract.codec import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanges(Message):
    """Fields of a line that the line gets once its new audio is ready; None leaves a field as it is."""

    text: str | None = None
    voice: str | None = None
    model: str | None = None
    language: str | None = None
    speed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(Message):
    """Line that a job speaks."""

    line: str
    """Uuid of the line, 32 hex digits."""
    output: str
    """Name of the job's output with the line's audio."""
    settings: str
    """Digest of the line's text and settings."""
    digest: str
    """Digest of all that the audio depends on."""
    changes: LineChanges | None = None
    """None for a line that was spoken as it is."""


@dataclass(frozen=True, kw_only=True)
class CompositionParams(JobParams):
    composition: str = forgotten("")
    """32 hex digits; empty where chunks of several compositions are joined."""
    takes: tuple[Take, ...] = forgotten(())
    """Lines that the job speaks."""
    format: str = ""


COMPOSITION = JobKind(
    name="composition",
    params=CompositionParams,
    units=Unit.CHARACTERS,
    lanes=LaneRule(awaited=Lane.NORMAL, longest_units=lambda: settings.TTSAI_BULK_CHARACTERS),
    has_timings=True,
)

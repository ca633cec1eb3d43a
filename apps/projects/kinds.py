"""Kind of job: lines of a composition, spoken and joined."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit
from apps.jobs.models import Lane
from apps.jobs.params import JobParams, forgotten


@dataclass(frozen=True, kw_only=True)
class CompositionParams(JobParams):
    composition: str = forgotten("")
    """32 hex digits; empty where chunks of several compositions are joined."""
    takes: tuple[dict[str, Any], ...] = forgotten(())
    """Lines that the job speaks: `line` (32 hex digits), `output`, `settings` and `digest`."""
    format: str = ""


COMPOSITION = JobKind(
    name="composition",
    params=CompositionParams,
    units=Unit.CHARACTERS,
    lanes=LaneRule(awaited=Lane.NORMAL, longest_units=lambda: settings.TTSAI_BULK_CHARACTERS),
    has_timings=True,
)

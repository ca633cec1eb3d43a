"""Kind of job: text to speech."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit, params_of
from apps.jobs.models import Job
from apps.jobs.params import FORGOTTEN, SpokenParams


@dataclass(frozen=True, kw_only=True)
class SpeechParams(SpokenParams):
    speed: float = 1.0
    timestamps: bool = False
    """True if results include word timings without being asked."""
    request: dict[str, Any] = field(default_factory=dict, metadata=FORGOTTEN)
    """Further settings as the request gave them, so that it can be repeated (apps/speech/repeats.py); empty in older rows."""


SPEECH = JobKind(
    name="speech",
    params=SpeechParams,
    units=Unit.CHARACTERS,
    lanes=LaneRule(longest_units=lambda: settings.TTSAI_BULK_CHARACTERS),
    has_timings=True,
    repeat="apps.speech.repeats.plan_repeat",
)


def has_timestamps(job: Job) -> bool:
    """True if the request asked for word timings, so that results include them."""
    params = params_of(job)
    return isinstance(params, SpeechParams) and params.timestamps

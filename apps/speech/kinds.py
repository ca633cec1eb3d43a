"""Kind of job: text to speech."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from apps.jobs.kinds import JobKind, LaneRule, Unit, params_of
from apps.jobs.models import Job
from apps.jobs.params import FORGOTTEN, SpokenParams
from workers.contract.codec import Message, written_as


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedSpeech(Message):
    """Settings of a request as it gave them, which a repetition needs beside the other parameters (apps/speech/repeats.py)."""

    text: str = ""
    """Text with its markup; empty where it has none."""
    model: str = ""
    voice: str | None = None
    """Voice that was named; None leaves the choice to the text's language."""
    is_model_open: bool = False
    language: str | None = None
    instructions: str | None = None
    pronunciations: Any = None
    """Pronunciations of the request, as sent."""
    bitrate: int = 0
    sample_rate: int = 0
    has_chapters: bool | None = None
    is_from_timed_file: bool = field(default=False, metadata=written_as("file"))
    """True if the text was a file with chapters or times, which the row does not hold."""


@dataclass(frozen=True, kw_only=True)
class SpeechParams(SpokenParams):
    speed: float = 1.0
    timestamps: bool = False
    """True if results include word timings without being asked."""
    request: RequestedSpeech | None = field(default=None, metadata=FORGOTTEN)
    """None in rows of earlier versions."""


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

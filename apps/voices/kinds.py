"""Kinds of job: the enrolment of a voice, and speech with a voice that the job may enrol first."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings

from apps.jobs.kinds import Charge, JobKind, LaneRule, Unit
from apps.jobs.params import RecordingParams, SpokenParams, forgotten
from apps.speech.kinds import SpeechParams


@dataclass(frozen=True, kw_only=True)
class EnrolmentParams(SpokenParams, RecordingParams):
    """Parameters of an enrolment; `voice` is the id of the voice, `text` the sentence of the demo."""


@dataclass(frozen=True, kw_only=True)
class VoiceCloneParams(SpeechParams, RecordingParams):
    """Parameters of speech with a cloned voice. `voice` is empty if no voice is kept: that of a visitor without an account."""

    consent: str = forgotten("")
    """Statement of the speaker's consent, where there is no voice that it is recorded with."""
    consent_by: str = forgotten("")


ENROL_VOICE: Final = JobKind(
    name="enrol_voice",
    params=EnrolmentParams,
    units=Unit.WEIGHT,
    lanes=LaneRule(),
    charge_on_cancel=Charge.NOTHING,
)
VOICE_CLONE: Final = JobKind(
    name="voice-clone",
    params=VoiceCloneParams,
    units=Unit.CHARACTERS,
    lanes=LaneRule(longest_units=lambda: settings.TTSAI_BULK_CHARACTERS),
    has_timings=True,
    repeat="apps.speech.repeats.plan_repeat",
)

ENROLLING_KINDS: Final = frozenset({ENROL_VOICE.name, VOICE_CLONE.name})

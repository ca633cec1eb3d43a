"""Work messages and documents of voice enrolment: recordings of a speaker to a voice that an engine can speak with."""

from dataclasses import dataclass
from typing import Final

from workers.contract.codec import Message
from workers.contract.references import Reference

VOICE_OUTPUT: Final = "voice"
"""Output of a `fit_voice` part: the voice file that an engine takes as `VoiceRef.conditioning`."""
LIKENESS_OUTPUT: Final = "likeness"
"""Output of an `examine_voice` part: a voice file with the nearest mix of built-in voices, usable at once."""
REPORT_OUTPUT: Final = "report"
"""Output of an `examine_voice` part: a `VoiceReport`."""
DEMO_OUTPUT: Final = "demo"
"""Output of a `fit_voice` part: a sentence spoken with the new voice."""
EXAMINE_UNITS, FIT_UNITS = 15, 85
"""Sizes of the parts for the progress of an enrolment, in percent of its time: the units that a worker reports."""


@dataclass(frozen=True, slots=True)
class VoiceSample(Message):
    """A recording of the speaker."""

    source: Reference
    """The customer's file."""
    transcript: str = ""
    """Words of the recording; transcribed if empty."""


@dataclass(frozen=True, slots=True)
class ExamineWork(Message):
    """Work of a part of kind `examine_voice`: check and transcribe recordings of one speaker, and find a likeness.

    Outputs: `report`, `likeness`. Unusable recordings fail with `invalid_reference`.
    """

    engine: str
    """Engine that will speak with the voice."""
    samples: tuple[VoiceSample, ...]
    language: str = ""
    """Language of the recordings as a primary tag; detected if empty."""


@dataclass(frozen=True, slots=True)
class SpokenSegment(Message):
    """Words of a stretch of a recording."""

    start: float
    """Seconds of the recording."""
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class SampleReport(Message):
    """Findings about one recording."""

    seconds: float
    speech_seconds: float
    language: str
    """Primary tag."""
    transcript: str
    segments: tuple[SpokenSegment, ...] = ()
    """The transcript by stretches; empty if nobody transcribed the recording."""


@dataclass(frozen=True, slots=True)
class VoiceReport(Message):
    """Findings about all recordings of a speaker."""

    samples: tuple[SampleReport, ...]
    language: str
    """Primary tag."""
    gender: str
    """male or female."""
    embedding: tuple[float, ...]
    """GE2E speaker embedding, 256 numbers of unit length, by which a block list compares voices."""
    nearest_voice: str
    """Id of the built-in voice that is most like the speaker."""
    log_f0_mean: float
    """Mean of the natural logarithm of F0 in Hz over voiced frames."""
    log_f0_deviation: float
    warnings: tuple[str, ...] = ()
    """Advice about recordings that are usable but not good: short, noisy, clipped."""


@dataclass(frozen=True, slots=True)
class FitWork(Message):
    """Work of a part of kind `fit_voice`: fit a voice to the recordings of a speaker. Outputs: `voice`, `demo`."""

    engine: str
    samples: tuple[VoiceSample, ...]
    report: Reference
    likeness: Reference
    demo_text: str
    demo_language: str
    """Full tag."""
    demo_format: str = "mp3"
    watermark: str = ""
    """Speech to mark as synthesised, as in SpeakWork."""

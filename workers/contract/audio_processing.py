"""Work messages of the tools that turn a recording into recordings: enhance, dereverb, separate."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workers.contract.codec import Message
from workers.contract.outputs import AUDIO
from workers.contract.references import Reference

STEM_NAMES: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        2: ("vocals", "accompaniment"),
        4: ("vocals", "drums", "bass", "other"),
        5: ("vocals", "drums", "bass", "piano", "other"),
        6: ("vocals", "drums", "bass", "guitar", "piano", "other"),
    }
)
"""Names of the stems by their number; outputs and files are called so."""
STRETCH_FORMAT: Final = "flac"
"""Format of the stretches that an `assemble` part joins."""
FADE_SECONDS: Final = 0.05
"""Audio that a stretch shares with the next one, and over which they are cross-faded."""


@dataclass(frozen=True, slots=True)
class Stretch(Message):
    """Part of a recording that a part processes."""

    start_seconds: float = 0.0
    end_seconds: float = 0.0
    """0 for the end of the recording."""
    source_seconds: float = 0.0
    """Duration of the recording as the platform measured it; 0 if unknown."""
    channels: int = 0
    """2 if the channels are to be mixed to stereo, 0 to keep them."""


@dataclass(frozen=True, slots=True)
class Finish(Message):
    """Loudness and encoding of the result, which are applied to the whole recording at once."""

    format: str = "wav"
    bitrate: int = 0
    """Bits per second; 0 for the format's default."""
    loudness_lufs: float | None = None
    """Integrated loudness to reach; None leaves the level alone."""


STRENGTHS: Final = (1, 2, 3)
"""Strengths of noise suppression, from light to strong."""
INTENSITIES: Final = (1, 2, 3, 4, 5)
"""Intensities of dereverberation, from light to strong."""


@dataclass(frozen=True, slots=True)
class EnhanceWork(Message):
    """Work of a part of kind `enhance`. Output: `audio`, at the recording's own rate and channels."""

    source: Reference
    """The customer's file."""
    engine: str = ""
    """Engine that suppresses noise; empty for none."""
    strength: int = 2
    """One of STRENGTHS."""
    has_clarity: bool = False
    """True for the chain of high-pass, de-esser and equaliser."""
    extension_engine: str = ""
    """Engine that extends the bandwidth (super resolution); empty for none. The output then has its sample rate."""
    stretch: Stretch = Stretch()
    finish: Finish | None = None
    """None for a stretch that an `assemble` part finishes."""


@dataclass(frozen=True, slots=True)
class DereverbWork(Message):
    """Work of a part of kind `dereverb`. Output: `audio`, at the recording's own rate and channels."""

    source: Reference
    """The customer's file."""
    engine: str
    target: str = "both"
    """echo, reverb or both."""
    intensity: int = 3
    """One of INTENSITIES."""
    stretch: Stretch = Stretch()
    finish: Finish | None = None
    """None for a stretch that an `assemble` part finishes."""


@dataclass(frozen=True, slots=True)
class SeparateWork(Message):
    """Work of a part of kind `separate`. Outputs: one of each name in `STEM_NAMES[stems]`, at the recording's own rate and channels."""

    source: Reference
    """The customer's file."""
    engine: str
    stems: int = 2
    stretch: Stretch = Stretch()
    finish: Finish | None = None
    """None for a stretch that `assemble` parts finish."""


@dataclass(frozen=True, slots=True)
class AssembleWork(Message):
    """Work of a part of kind `assemble`: processed stretches to one file, cross-faded where they meet. Output: the one named `output`."""

    inputs: tuple[Reference, ...]
    finish: Finish = Finish()
    output: str = AUDIO

"""Audio in memory: samples, their rates, the audio of one sentence."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.speech import WordTiming

HEARING_RATE: Final = 16_000
"""Sample rate in Hz of all audio that recognisers and the voice activity detector take."""
Samples = NDArray[np.float32]
"""Mono, shape [n], full scale 1.0."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The audio of one sentence."""

    samples: Samples
    """Mono, shape [n], full scale 1.0."""
    sample_rate: int
    """Hz."""
    words: tuple[WordTiming, ...] = ()
    """Empty where the model has no durations."""

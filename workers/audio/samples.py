"""Audio in memory: samples, their rates, the audio of one sentence."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.speech import WordTiming

RECOGNITION_SAMPLE_RATE: Final = 16_000
"""Sample rate in Hz of all audio for recognisers and the voice activity detector."""
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SynthesisedAudio:
    samples: Samples
    sample_rate: int
    words: tuple[WordTiming, ...] = ()
    """Word timings; empty if the model has no durations."""

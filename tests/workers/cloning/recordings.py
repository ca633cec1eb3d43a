"""Recordings of people for the tests of cloning, at 24 kHz."""

import numpy as np
from numpy.typing import NDArray

from tests.workers.recognition.clips import RATE, clip
from workers.audio.encoding.resampler import resample
from workers.kokoro.runtime import SAMPLE_RATE


def person(name: str = "librivox-0870") -> NDArray[np.float32]:
    """A clip of the pocketsphinx test data."""
    return resample(clip(name), input_rate=RATE, output_rate=SAMPLE_RATE)

"""Input features of SenseVoice: Kaldi's log-mel filter banks, several frames stacked as one."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio import filter_banks as kaldi
from workers.audio.samples import Samples

STEP_SAMPLES: Final = kaldi.STEP_SAMPLES
INTEGER_SCALE: Final = np.float32(32768.0)
"""Kaldi counts samples as 16-bit integers."""


def filter_banks(samples: Samples) -> NDArray[np.float32]:
    """Log-mel energies [frames, 80] of mono samples at 16 kHz, by a Hamming window: a frame every 10 ms."""
    return kaldi.filter_banks(samples * INTEGER_SCALE, window_type="hamming")


def stack_frames(features: NDArray[np.float32], *, size: int, step: int) -> NDArray[np.float32]:
    """Every `step` frames, `size` of them as one: [frames, bands] to [fewer, size * bands]. What does not fill the last one is left out."""
    if len(features) < size:
        return np.zeros((0, size * features.shape[1]), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(features, size, axis=0)[::step]
    return np.ascontiguousarray(windows.transpose(0, 2, 1)).reshape(len(windows), -1)

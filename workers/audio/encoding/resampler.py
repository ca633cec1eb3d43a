"""Resamples audio block by block."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

LAYOUTS: Final[Mapping[int, str]] = MappingProxyType({1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"})
"""FFmpeg's usual layout of so many channels."""


class Resampler:
    """Resamples float32 blocks (libswresample). Blocks pass unchanged if the rates are equal."""

    def __init__(self, *, input_rate: int, output_rate: int, channels: int = 1) -> None:
        """Rates in Hz."""
        self._input_rate = input_rate
        self._channels = channels
        layout = LAYOUTS[channels]
        self._resampler = None if input_rate == output_rate else av.AudioResampler(format="flt", layout=layout, rate=output_rate)
        self._read = 0

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples [n], or [n, channels] of more than one, in; about n * output_rate / input_rate out: the filter holds some back."""
        if self._resampler is None or not len(samples):
            return samples
        frame = audio_frame(samples, sample_rate=self._input_rate, start=self._read)
        self._read += len(samples)
        return self._concatenate(self._resampler.resample(frame))

    def finish(self) -> NDArray[np.float32]:
        """Return the samples that the filter still holds."""
        return self._concatenate([] if self._resampler is None or not self._read else self._resampler.resample(None))

    def _concatenate(self, frames: list[av.AudioFrame]) -> NDArray[np.float32]:
        blocks = [frame.to_ndarray().ravel().astype(np.float32, copy=False) for frame in frames]
        samples = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        return samples if self._channels == 1 else samples.reshape(-1, self._channels)


def resample(samples: NDArray[np.float32], *, input_rate: int, output_rate: int) -> NDArray[np.float32]:
    """Resample a whole mono recording [n]; rates in Hz."""
    resampler = Resampler(input_rate=input_rate, output_rate=output_rate)
    return np.concatenate([resampler.feed(samples), resampler.finish()])


def audio_frame(samples: NDArray[np.float32], *, sample_rate: int, start: int) -> av.AudioFrame:
    """Frame of samples [n] or [n, channels] for FFmpeg; start: number of its first sample."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    packed = np.ascontiguousarray(samples, np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=LAYOUTS[channels])
    frame.sample_rate, frame.pts = sample_rate, start
    return frame

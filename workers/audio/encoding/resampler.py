"""Resamples audio block by block."""

import av
import numpy as np
from numpy.typing import NDArray


class Resampler:
    """Resamples mono float32 blocks (libswresample). Blocks pass unchanged if the rates are equal."""

    def __init__(self, *, input_rate: int, output_rate: int) -> None:
        """Rates in Hz."""
        self._input_rate = input_rate
        self._resampler = None if input_rate == output_rate else av.AudioResampler(format="flt", layout="mono", rate=output_rate)
        self._read = 0

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Samples [n] in, about n * output_rate / input_rate out: the filter holds some back."""
        if self._resampler is None or not len(samples):
            return samples
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32).reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts = self._input_rate, self._read
        self._read += len(samples)
        return _concatenate(self._resampler.resample(frame))

    def finish(self) -> NDArray[np.float32]:
        """Return the samples that the filter still holds."""
        return np.zeros(0, np.float32) if self._resampler is None or not self._read else _concatenate(self._resampler.resample(None))


def resample(samples: NDArray[np.float32], *, input_rate: int, output_rate: int) -> NDArray[np.float32]:
    """Resample a whole mono recording [n]; rates in Hz."""
    resampler = Resampler(input_rate=input_rate, output_rate=output_rate)
    return np.concatenate([resampler.feed(samples), resampler.finish()])


def _concatenate(frames: list[av.AudioFrame]) -> NDArray[np.float32]:
    blocks = [frame.to_ndarray().ravel().astype(np.float32, copy=False) for frame in frames]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)

"""Peaks of a recording for the waveform of a player, in bounded memory."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.probe import ProbeLimits
from workers.audio.recordings import stream_recording
from workers.audio.rewriting import Steps, pass_over

FULL_SCALE: Final = {8: 127, 16: 32767}
"""Value of full scale by bits."""


def waveform(source: Path, *, limits: ProbeLimits, samples_per_pixel: int, bits: int, channels: int) -> Steps[dict[str, Any]]:
    """Peaks in the JSON format of audiowaveform (https://github.com/bbc/audiowaveform), version 2, which peaks.js and wavesurfer.js read.

    channels: 1 mixes to mono, 0 keeps the recording's own. Raises WorkError (bad_audio).
    """
    with stream_recording(source, channels=channels, limits=limits) as recording:
        meter = PeakMeter(samples_per_pixel=samples_per_pixel, bits=bits)
        yield from pass_over(recording, meter.feed)
        return {
            "version": 2,
            "channels": recording.channels,
            "sample_rate": recording.sample_rate,
            "samples_per_pixel": samples_per_pixel,
            "bits": bits,
            "length": -(-recording.frames // samples_per_pixel),
            "duration": round(recording.seconds, 3),
            "data": meter.finish(),
        }


class PeakMeter:
    """Lowest and highest sample of each pixel and channel."""

    def __init__(self, *, samples_per_pixel: int, bits: int) -> None:
        self._width = samples_per_pixel
        self._scale = FULL_SCALE[bits]
        self._waiting: NDArray[np.float32] | None = None
        self._peaks: list[NDArray[np.int16]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Measure samples [n, channels], full scale 1.0."""
        waiting = samples if self._waiting is None else np.concatenate([self._waiting, samples])
        whole = len(waiting) // self._width
        self._append(waiting[: whole * self._width].reshape(whole, self._width, samples.shape[1]))
        self._waiting = waiting[whole * self._width :]

    def finish(self) -> list[int]:
        """Minimum and maximum of the first channel in the first pixel, then of the second, …; then those of the next pixel."""
        if self._waiting is not None and len(self._waiting):
            self._append(self._waiting[None])
        return [value for peaks in self._peaks for value in peaks.ravel().tolist()]

    def _append(self, pixels: NDArray[np.float32]) -> None:
        if len(pixels):
            both = np.stack([pixels.min(axis=1), pixels.max(axis=1)], axis=2)
            self._peaks.append(np.rint(np.clip(both, -1.0, 1.0) * self._scale).astype(np.int16))

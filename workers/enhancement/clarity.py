"""Clarity of speech: high-pass, gentle equaliser and de-esser, applied to short-time spectra without shifting phases."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.streams import AudioStream, Frames

WINDOW_SECONDS: Final = 0.0427
"""2,048 samples at 48 kHz; hops are a quarter of it."""
PARTS: Final = 4

HIGH_PASS_HZ: Final = 75.0
"""Frequency of -3 dB, below any voice; 12 dB an octave."""
EQUALISER: Final = ((250.0, 0.9, -1.5), (3200.0, 1.0, 2.5), (9000.0, 1.2, 1.5))
"""Centre in Hz, width in octaves, gain in dB: less boxiness, more consonants, more air."""
ESS_BAND: Final = (4500.0, 10_000.0)
"""Frequencies of sibilants in Hz."""
ESS_RATIO: Final = 0.35
"""Share of a frame's energy in ESS_BAND from which it counts as a sibilant; vowels have a few percent."""
ESS_LARGEST_CUT: Final = 0.5
"""Lowest gain of the de-esser, -6 dB."""
SMALLEST: Final = 1e-12


class ClarityStream(AudioStream):
    """Filters frames at any rate; each channel gets the same gains, so that the stereo image stays."""

    def __init__(self, *, sample_rate: int, channels: int, depth: float = 1.0) -> None:
        """depth: factor of the equaliser's gains in dB."""
        self._hop = max(8, round(WINDOW_SECONDS * sample_rate) // (2 * PARTS) * 2)
        self._window = self._hop * PARTS
        phase = 2 * np.pi * np.arange(self._window) / self._window
        self._hann = np.sqrt(0.5 - 0.5 * np.cos(phase)).astype(np.float32)
        frequencies = np.fft.rfftfreq(self._window, 1 / sample_rate)
        self._curve = equaliser_curve(frequencies, depth=depth)
        self._ess = (frequencies >= ESS_BAND[0]) & (frequencies <= ESS_BAND[1])
        self._waiting = np.zeros((self._window - self._hop, channels), np.float32)
        self._sum = np.zeros((self._window - self._hop, channels), np.float32)
        self._skip = self._window - self._hop
        """Frames of output that belong to the silence before the recording."""
        self._fed = self._made = 0

    def feed(self, frames: Frames) -> Frames:
        self._fed += len(frames)
        return self._process(frames)

    def finish(self) -> Frames:
        left = self._fed - self._made
        return self._process(np.zeros((self._window + self._hop, self._waiting.shape[1]), np.float32))[:left]

    def close(self) -> None: ...

    def _process(self, frames: Frames) -> Frames:
        waiting = np.concatenate([self._waiting, frames])
        count = max(0, (len(waiting) - self._window) // self._hop + 1)
        made = np.zeros((self._window - self._hop + count * self._hop, waiting.shape[1]), np.float32)
        made[: len(self._sum)] = self._sum
        if count:
            pieces = self._filter(np.lib.stride_tricks.sliding_window_view(waiting, self._window, axis=0)[:: self._hop][:count])
            for index, piece in enumerate(pieces):
                made[index * self._hop : index * self._hop + self._window] += piece.T
        self._waiting, self._sum = waiting[count * self._hop :], made[count * self._hop :]
        done = made[: count * self._hop]
        skipped = min(self._skip, len(done))
        self._skip -= skipped
        self._made += len(done) - skipped
        return done[skipped:]

    def _filter(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Filter [frames, channels, window]; the overlapped sum of squared windows is PARTS / 2."""
        spectra = np.fft.rfft(windows * self._hann)
        power = np.square(np.abs(spectra)).sum(axis=1)
        share = power[:, self._ess].sum(axis=1) / (power.sum(axis=1) + SMALLEST)
        cut = np.clip(np.sqrt(ESS_RATIO / np.maximum(share, ESS_RATIO)), ESS_LARGEST_CUT, 1.0)
        gains = np.broadcast_to(self._curve, (len(spectra), len(self._curve))).copy()
        gains[:, self._ess] *= cut[:, None]
        filtered = np.fft.irfft(spectra * gains[:, None], self._window)
        return np.asarray(filtered * self._hann * (2 / PARTS), np.float32)


def equaliser_curve(frequencies: NDArray[np.floating[Any]], *, depth: float = 1.0) -> NDArray[np.float32]:
    """Gain at each frequency in Hz: the high-pass (Butterworth, second order) and the bells of EQUALISER."""
    octaves = np.log2(np.maximum(frequencies, 1.0))
    decibels = sum(gain * np.exp2(-(((octaves - np.log2(centre)) / (width / 2)) ** 2)) for centre, width, gain in EQUALISER)
    ratio = (np.maximum(frequencies, SMALLEST) / HIGH_PASS_HZ) ** 2
    return np.asarray(10 ** (depth * decibels / 20) * ratio / np.sqrt(1 + ratio**2), np.float32)

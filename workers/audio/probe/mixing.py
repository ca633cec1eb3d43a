"""Mixes channels to mono without losing what they hold in opposite phase. Runs in the child process only.

The mean of two channels loses whatever one of them holds inverted: all of a recording whose cable or plug-in inverts a channel, the upper
bands of artificially widened stereo. So each channel is added with a sign, chosen by frequency band and time: a channel is subtracted where
adding it would lose energy. Where every sign is +1, as in ordinary stereo, the result is the mean to rounding.

The signs are applied between a short-time Fourier transform and its inverse (half-overlapping square-root Hann windows, which add up to the
input exactly: Allen and Rabiner, 1977), so that a sign changes as a cross-fade and never as a step.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.fft import irfft, rfft  # by name, as numpy imports some of its parts at their first use: too late inside the sandbox
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FRAME_SECONDS: Final = 0.032
BAND_HERTZ: Final = 500.0
AROUND_FRAMES: Final = 8
"""Frames of 16 ms on both sides that also decide a sign: about 0.3 s, a syllable."""
SUBTRACT_BELOW: Final = -0.5
ADD_ABOVE: Final = -0.1
"""Coherence (real part) of a channel with the sum of those before it: -1 if they are inverse, 0 if unrelated, 1 if equal. Between these
two thresholds the sign is kept, so that it does not flicker.
"""
LOSS_SHARE: Final = 0.1
"""Share of both energies: a channel is not subtracted if adding it loses less."""
SILENT_ENERGY: Final = 1e-12
"""Energy of a band in one frame below which no sign is decided; a full-scale sine has about half the frame's samples."""
CHUNK_FRAMES: Final = 256
SPEAKER_WEIGHTS: Final = {"FC": 1.0, "BL": 0.5, "BR": 0.5, "SL": 0.5, "SR": 0.5, "BC": 0.5, "LFE": 0.5}
"""Weights in surround sound (ITU-R BS.775, plus the effects channel: six microphones are often labelled 5.1); others: FRONT_WEIGHT."""
FRONT_WEIGHT: Final = 2**-0.5

Samples = NDArray[np.float32]


def channel_weights(names: Sequence[str]) -> Samples:
    """Weight of each channel of a layout, [channels], with sum 1."""
    weights = np.array([SPEAKER_WEIGHTS.get(name, FRONT_WEIGHT) for name in names], np.float32)
    normalised: Samples = weights / weights.sum(dtype=np.float32)
    return normalised


def stereo_matrix(names: Sequence[str]) -> Samples:
    """Share of each channel of a layout in left and right, [2, channels] (ITU-R BS.775): a centre goes to both at -3 dB.

    Scaled so that full scale in every channel does not clip. A single channel goes to both unchanged.
    """
    if len(names) == 1:
        return np.ones((2, 1), np.float32)
    matrix = np.zeros((2, len(names)), np.float32)
    for index, name in enumerate(names):
        sides = [0] if name.endswith("L") else [1] if name.endswith("R") else [0, 1]
        matrix[sides, index] = 1.0 if name in {"FL", "FR"} else FRONT_WEIGHT
    scaled: Samples = matrix / max(1.0, matrix.sum(axis=1).max())
    return scaled


class StereoMixer:
    """Mixes any channels to left and right."""

    def __init__(self, names: Sequence[str]) -> None:
        """names: of the channels, as FFmpeg abbreviates them."""
        self._matrix = stereo_matrix(names)

    def feed(self, samples: Samples) -> Samples:
        """Mix samples [channels, n] to [2, n]."""
        mixed: Samples = self._matrix @ samples
        return mixed

    def finish(self) -> Samples:
        """Return nothing: no sample is held back."""
        return np.zeros((2, 0), np.float32)


class ChannelPicker:
    """Keeps one channel; silence where a stream has no such channel."""

    def __init__(self, channel: int) -> None:
        self._channel = channel

    def feed(self, samples: Samples) -> Samples:
        """Samples [n] of the channel, from samples [channels, n]."""
        if self._channel < len(samples):
            picked: Samples = samples[self._channel]
            return picked
        return np.zeros(samples.shape[1], np.float32)

    def finish(self) -> Samples:
        """Return nothing: no sample is held back."""
        return np.zeros(0, np.float32)


class ChannelMixer:
    """Mixes a stream of several channels to mono in bounded memory, about 0.2 s and a chunk behind its input."""

    def __init__(self, weights: Samples, *, sample_rate: int) -> None:
        """weights: of each channel; sample_rate: Hz."""
        self._weights = weights[:, None]
        self._hop: int = 2 ** max(4, round(np.log2(FRAME_SECONDS * sample_rate)) - 1)
        self._size = 2 * self._hop
        self._window = np.sqrt(np.hanning(self._size + 1)[:-1]).astype(np.float32)
        bins = self._hop + 1
        self._edges = np.arange(0, bins, max(1, round(BAND_HERTZ * self._size / sample_rate)))
        self._widths = np.diff([*self._edges, bins])
        self._pairs = [(first, second) for second in range(len(weights)) for first in range(second + 1)]
        # The first frame covers the first half-window alone.
        self._waiting: Samples = np.zeros((len(weights), self._hop), np.float32)
        self._spectra: NDArray[np.complex64] = np.zeros((len(weights), 0, bins), np.complex64)
        self._energies: Samples = np.zeros((len(self._pairs), 0, len(self._edges)), np.float32)
        self._decided = 0
        """Number of frames in _energies that are decided; they are kept for the frames after them."""
        self._signs: Samples = np.ones((len(weights), len(self._edges)), np.float32)
        """Sign of each channel and band in the last decided frame, [channels, bands]."""
        self._tail: Samples = np.zeros(self._hop, np.float32)
        self._taken = self._returned = 0

    def feed(self, samples: Samples) -> Samples:
        """Accept samples [channels, n], full scale 1.0; return the mono samples that are ready."""
        self._taken += samples.shape[1]
        self._waiting = np.concatenate([self._waiting, samples * self._weights], axis=1)
        ready = [self._mix(CHUNK_FRAMES) for _ in range(self._whole_frames() // CHUNK_FRAMES)]
        return self._unread(ready)

    def finish(self) -> Samples:
        """Return the remaining samples, so that as many were returned as accepted."""
        self._waiting = np.pad(self._waiting, ((0, 0), (0, self._size + self._hop)))
        return self._unread([self._mix(self._whole_frames(), is_last=True)])

    def _unread(self, ready: list[Samples]) -> Samples:
        samples = np.concatenate(ready) if ready else np.zeros(0, np.float32)
        first = self._hop if not self._returned and len(samples) else 0  # before the first sample
        samples = samples[first : first + self._taken - self._returned]
        self._returned += len(samples)
        return samples

    def _whole_frames(self) -> int:
        return max(0, len(self._waiting[0]) // self._hop - 1)

    def _mix(self, frames: int, *, is_last: bool = False) -> Samples:
        """Transform more frames, and mix those whose signs can be decided."""
        views = sliding_window_view(self._waiting, self._size, axis=1)[:, : frames * self._hop : self._hop]
        spectra = rfft(views * self._window, axis=2).astype(np.complex64)
        self._waiting = self._waiting[:, frames * self._hop :]
        self._spectra = np.concatenate([self._spectra, spectra], axis=1)
        self._energies = np.concatenate([self._energies, self._band_energies(spectra)], axis=1)
        count = self._energies.shape[1] - self._decided - (0 if is_last else AROUND_FRAMES)
        signs = self._decide(count)
        mixed = np.einsum("ctb,ctb->tb", np.repeat(signs, self._widths, axis=2), self._spectra[:, :count])
        self._spectra = self._spectra[:, count:]
        return self._overlap(np.asarray(irfft(mixed, self._size, axis=1) * self._window, np.float32))

    def _band_energies(self, spectra: NDArray[np.complex64]) -> Samples:
        """Common energy of each pair of channels, a channel with itself included, [pairs, frames, bands]."""
        common = [(spectra[first] * spectra[second].conj()).real for first, second in self._pairs]
        return np.asarray(np.add.reduceat(np.stack(common), self._edges, axis=2) / self._hop, np.float32)

    def _decide(self, count: int) -> Samples:
        """Decide the sign of each channel in the next `count` frames, [channels, frames, bands]."""
        smooth = self._smooth(count)
        signs = np.ones((len(self._weights), count, len(self._edges)), np.float32)
        of_pair = {pair: smooth[index] for index, pair in enumerate(self._pairs)}
        sum_energy = of_pair[0, 0]
        for channel in range(1, len(signs)):
            energy = of_pair[channel, channel]
            common = 2 * sum(signs[before] * of_pair[before, channel] for before in range(channel))
            is_silent = np.minimum(sum_energy, energy) < SILENT_ENERGY
            coherence = common / np.maximum(2 * np.sqrt(np.maximum(sum_energy * energy, 0)), SILENT_ENERGY)
            is_lossy = (coherence < SUBTRACT_BELOW) & (common < -LOSS_SHARE * (sum_energy + energy))
            known = np.where(is_silent, 0, np.where(is_lossy, -1, coherence > ADD_ABOVE))
            signs[channel] = self._hold(known.astype(np.float32), before=self._signs[channel])
            sum_energy = np.maximum(sum_energy + energy + signs[channel] * common, 0)
        self._signs = signs[:, -1] if count else self._signs
        return signs

    def _smooth(self, count: int) -> Samples:
        """Smooth the energies around each of the next `count` frames; drop those no longer needed."""
        total = np.cumsum(np.pad(self._energies, ((0, 0), (1, 0), (0, 0))), axis=1, dtype=np.float64)
        frames = np.arange(self._decided, self._decided + count)
        first = np.maximum(frames - AROUND_FRAMES, 0)
        last = np.minimum(frames + AROUND_FRAMES + 1, self._energies.shape[1])
        smooth = (total[:, last] - total[:, first]) / (last - first)[:, None]
        self._decided += count
        dropped = max(0, self._decided - AROUND_FRAMES)
        self._energies, self._decided = self._energies[:, dropped:], self._decided - dropped
        return np.asarray(smooth, np.float32)

    @staticmethod
    def _hold(known: Samples, *, before: Samples) -> Samples:
        """Replace zero signs by those of the frame before, [frames, bands]."""
        known = np.concatenate([before[None], known])
        latest = np.maximum.accumulate(np.where(known != 0, np.arange(len(known))[:, None], 0), axis=0)
        held: Samples = np.take_along_axis(known, latest, axis=0)[1:]
        return held

    def _overlap(self, frames: Samples) -> Samples:
        """Overlap-add the frames, as far as no later one reaches."""
        if not len(frames):
            return np.zeros(0, np.float32)
        heads = frames[:, : self._hop]
        tails = np.concatenate([self._tail[None], frames[:-1, self._hop :]])
        self._tail = frames[-1, self._hop :]
        return np.asarray((heads + tails).ravel(), np.float32)

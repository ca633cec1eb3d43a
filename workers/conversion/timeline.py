"""Puts converted stretches together on the recording's time, without a seam."""

from typing import Final

import numpy as np

from workers.audio.convert import cross_fade
from workers.audio.samples import Samples
from workers.contract.conversion import CONVERSION_RATE, OVERLAP_SECONDS

HALF_OVERLAP: Final = round(OVERLAP_SECONDS * CONVERSION_RATE / 2)
"""Samples by which neighbouring stretches, and neighbouring pieces, extend beyond their common boundary."""


class Timeline:
    """Positions in the converted audio of one piece, and the cross-fades between its stretches."""

    def __init__(self, *, tempo: float, start: float, end: float, seconds: float) -> None:
        """start, end: of the piece in seconds of the recording, whose length is `seconds`. tempo: 2.0 is twice as fast."""
        self._tempo = tempo
        self._start, self._end, self._seconds = start, end, seconds
        self._held: Samples | None = None

    def span(self, start: float, end: float) -> tuple[int, int]:
        """First output sample of a stretch and the one after its last, with the overlap on both sides."""
        first, last = self._position(start) - HALF_OVERLAP, self._position(end) + HALF_OVERLAP
        return max(0, first) if start <= self._start else first, min(last, self._position(self._seconds)) if end >= self._end else last

    def source_span(self, start: float, end: float) -> tuple[int, int]:
        """Source samples that a stretch with its overlap is made from, counted from the beginning of the recording."""
        first, last = self.span(start, end)
        return round(first * self._tempo), round(last * self._tempo)

    def add(self, samples: Samples, *, start: float, end: float) -> Samples:
        """Append the next stretch, trimmed or padded to its span; returns the samples that are complete."""
        first, last = self.span(start, end)
        fitted = np.pad(samples[: last - first], (0, max(0, last - first - len(samples)))).astype(np.float32)
        if self._held is not None:
            overlap = min(len(self._held), len(fitted))
            fitted = np.concatenate([cross_fade(self._held[:overlap], fitted[:overlap]), fitted[overlap:]])
        kept = 0 if end >= self._end else min(2 * HALF_OVERLAP, len(fitted))
        self._held = fitted[len(fitted) - kept :]
        return fitted[: len(fitted) - kept]

    def _position(self, time: float) -> int:
        return round(time * CONVERSION_RATE / self._tempo)

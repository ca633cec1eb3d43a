"""Perth's watermark: embedded into speech at any sample rate, and found again. It says that audio was synthesised, and nothing else."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding import Resampler
from workers.audio.samples import Samples
from workers.provenance.graphs import BANDS, Weights, build_decoder, build_encoder
from workers.provenance.spectrum import RATE, Levels, from_levels, loud_frames, to_levels, to_samples, to_spectrum
from workers.speakers.checkpoint import read_tensors
from workers.speakers.model_session import ModelSession
from workers.weights.sets.watermark import CHECKPOINT, WATERMARK
from workers.weights.store import WeightStore

SHORTEST_SECONDS: Final = 0.1
"""Shorter audio is left unmarked: a transform's window is two thirds of it."""
BLOCK_SECONDS: Final = 10
"""Longest stretch that is marked at once; bounds the memory of long audio."""
CONTEXT_SECONDS: Final = 1
"""Audio on both sides of a block that its mark is computed with: the convolutions see 0.16 s to each side."""
WINDOW_SECONDS: Final = 3.0
"""Stretch whose mark is scored alone, so that one marked sentence in a long recording is found."""
DETECTED: Final = 0.8
"""Confidence from which audio counts as marked: unmarked speech scores below 0.01 and music up to 0.57, marked speech after MP3, Vorbis or
at 8 kHz above 0.9.
"""
BRANCH_SCALES: Final = MappingProxyType({"slow": 1.25, "normal": 1.0, "fast": 0.75})
"""Time scales of the decoder's branches."""


@dataclass(frozen=True, slots=True)
class WatermarkReport:
    """Result of a search for the mark."""

    confidence: float
    """Score of the window that is most probably marked, 0 to 1."""
    marked_seconds: float
    """Length of the windows that are marked."""

    @property
    def is_detected(self) -> bool:
        return self.confidence >= DETECTED


class Watermarker:
    """Marks a stream of mono samples block by block, in bounded memory; some are held back until `finish`.

    The mark, which lies below 2 kHz, is added to the samples: nothing else of them passes through the 32 kHz of the networks.
    """

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._block, self._context = BLOCK_SECONDS * sample_rate, CONTEXT_SECONDS * sample_rate
        self._held: Samples = np.zeros(0, np.float32)
        self._left = 0
        """Samples at the start of the held ones that were returned already."""

    def feed(self, samples: Samples) -> Samples:
        """Samples in, marked ones out. Raises WorkError (engine_unavailable)."""
        self._held = np.concatenate([self._held, samples])
        marked = []
        while len(self._held) >= self._left + self._block + self._context:
            marked.append(self._mark(self._held[: self._left + self._block + self._context], count=self._block))
            self._held = self._held[self._left + self._block - self._context :]
            self._left = self._context
        return np.concatenate(marked) if marked else np.zeros(0, np.float32)

    def finish(self) -> Samples:
        """Return the remaining samples."""
        held, self._held = self._held, np.zeros(0, np.float32)
        count = len(held) - self._left
        return self._mark(held, count=count) if count else np.zeros(0, np.float32)

    def _mark(self, stretch: Samples, *, count: int) -> Samples:
        """The `count` samples that follow those returned already, with the mark."""
        wanted = stretch[self._left : self._left + count]
        if len(stretch) < SHORTEST_SECONDS * self._sample_rate or not np.any(stretch):
            return wanted
        mark = _resample(_compute_mark(_resample(stretch, self._sample_rate, RATE)), RATE, self._sample_rate)
        mark = np.pad(mark, (0, max(0, len(stretch) - len(mark))))[self._left : self._left + count]
        return (wanted + mark).astype(np.float32)


def embed_watermark(samples: Samples, *, sample_rate: int) -> Samples:
    """Mono samples [n] with the mark, of the same length. Raises WorkError (engine_unavailable)."""
    marker = Watermarker(sample_rate)
    return np.concatenate([marker.feed(samples), marker.finish()])


class WatermarkSearch:
    """Searches mono samples, given in blocks of any length, in bounded memory."""

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._window = round(WINDOW_SECONDS * sample_rate)
        self._held: Samples = np.zeros(0, np.float32)
        self._confidence = 0.0
        self._marked_seconds = 0.0

    def feed(self, samples: Samples) -> None:
        """Search the next block. Raises WorkError (engine_unavailable)."""
        self._held = np.concatenate([self._held, samples])
        while len(self._held) >= 2 * self._window:  # the last window takes what is left, so that none is too short to tell
            self._score(self._held[: self._window])
            self._held = self._held[self._window :]

    def finish(self) -> WatermarkReport:
        self._score(self._held)
        return WatermarkReport(round(self._confidence, 4), round(self._marked_seconds, 2))

    def _score(self, samples: Samples) -> None:
        score = score_watermark(samples, sample_rate=self._sample_rate)
        self._confidence = max(self._confidence, score)
        self._marked_seconds += len(samples) / self._sample_rate if score >= DETECTED else 0.0


def score_watermark(samples: Samples, *, sample_rate: int) -> float:
    """Confidence that mono samples [n] carry the mark, 0 to 1; 0 for silence. Raises WorkError (engine_unavailable)."""
    if len(samples) < SHORTEST_SECONDS * sample_rate or not np.any(samples):
        return 0.0
    levels = to_levels(to_spectrum(_resample(samples, sample_rate, RATE)))
    band, loud = levels[:BANDS], loud_frames(levels)
    counts = [max(1, int(band.shape[1] * scale)) for scale in BRANCH_SCALES.values()]
    feeds = {name: _stretch(band, count)[None] for name, count in zip(BRANCH_SCALES, counts, strict=True)}
    scores = np.split(_decoder.run(**feeds)[0], np.cumsum(counts)[:-1], axis=1)
    attention, marks = zip(*(_mean_where(score, loud) for score in scores), strict=True)
    weights = np.exp(np.array(attention) - max(attention))
    return float(np.clip((np.array(marks) * weights).sum() / weights.sum(), 0.0, 1.0))


def has_watermark_weights() -> bool:
    """True if the networks can be loaded."""
    return WeightStore.default().is_complete(WATERMARK.name)


def _compute_mark(samples: Samples) -> Samples:
    """The mark of samples at 32 kHz, of the same length."""
    spectrum = to_spectrum(samples)
    levels = to_levels(spectrum)
    residual = _encoder.run(band=levels[None, :BANDS])[0] * loud_frames(levels)
    difference = np.zeros_like(spectrum)
    phase = np.exp(1j * np.angle(spectrum[:BANDS]))
    difference[:BANDS] = (from_levels(levels[:BANDS] + residual) - from_levels(levels[:BANDS])) * phase
    return to_samples(difference, length=len(samples))


def _mean_where(output: NDArray[np.float32], loud: NDArray[np.float32]) -> tuple[float, float]:
    """Attention and mark of a branch, float32 [2, frames], over the frames that are loud in [other frames]."""
    count = output.shape[1]
    mask = loud[np.arange(count) * len(loud) // count]
    attention, mark = (output * mask).sum(axis=1) / max(1.0, float(mask.sum()))
    return float(attention), float(mark)


def _stretch(band: Levels, count: int) -> Levels:
    """Interpolate [128, frames] linearly to [128, count], the first and the last frame staying where they are."""
    at = np.linspace(0, band.shape[1] - 1, count)
    low = np.floor(at).astype(int)
    high = np.minimum(low + 1, band.shape[1] - 1)
    return np.asarray(band[:, low] + (band[:, high] - band[:, low]) * (at - low), np.float32)


def _resample(samples: Samples, input_rate: int, output_rate: int) -> Samples:
    resampler = Resampler(input_rate=input_rate, output_rate=output_rate)
    return np.concatenate([resampler.feed(np.ascontiguousarray(samples, np.float32)), resampler.finish()])


def _weights() -> Weights:
    return read_tensors(WeightStore.default().path(WATERMARK.name, CHECKPOINT), entry="model")


_encoder: Final = ModelSession(lambda: build_encoder(_weights()))
_decoder: Final = ModelSession(lambda: build_decoder(_weights()))

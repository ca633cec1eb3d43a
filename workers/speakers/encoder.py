"""Interface of the speaker encoders: speech to a vector that tells speakers apart."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE, Samples
from workers.speakers.model_session import ModelSession
from workers.weights.store import WeightsMissingError, WeightStore

Embeddings = NDArray[np.float32]

LEVEL_SAMPLES: Final = 480
"""Samples of 30 ms, whose levels are compared to find silence."""
DYNAMIC_RANGE_DB: Final = 35.0
"""Distance below the loudest stretch from which on sound counts as silence."""
SILENCE_DB: Final = -60.0
NEIGHBOURS: Final = 7
"""Stretches of 30 ms around a loud one that are kept with it."""


class SpeakerEncoder(ABC):
    """One encoder: loaded at its first use, used by any number of threads at once."""

    name: ClassVar[str]
    weights: ClassVar[tuple[str, str]]
    """Weight set and file."""
    size: ClassVar[int]
    """Numbers of an embedding."""
    same_speaker: ClassVar[float]
    """Cosine similarity of two recordings from which on they are of one speaker, at the equal error rate of 24 real speakers."""
    memory_bytes: ClassVar[int]
    """Memory of the loaded encoder with several batches in flight."""

    def __init__(self) -> None:
        self._session = ModelSession(self._graph)

    def embed(self, samples: Samples, *, sample_rate: int) -> Embeddings:
        """Embedding [size] of unit length of a mono recording [n] of one speaker; silence is left out.

        Raises ValueError for a recording without sound, WorkError (engine_unavailable) without the weights.
        """
        sound = trim_silence(resample(samples, input_rate=sample_rate, output_rate=RECOGNITION_SAMPLE_RATE))
        if not sound.size:
            raise ValueError("the recording has no sound")
        return self._embed_sound(sound)

    @abstractmethod
    def embed_windows(self, windows: Sequence[Samples]) -> Embeddings:
        """Embeddings [n, size] of unit length of short stretches of 16 kHz samples. Raises WorkError (engine_unavailable)."""

    def path(self) -> Path:
        """Path of the weights. Raises WeightsMissingError naming the command that downloads them."""
        return WeightStore.default().path(*self.weights)

    def is_available(self) -> bool:
        """True if the weights are on this machine."""
        try:
            self.path()
        except WeightsMissingError:
            return False
        return True

    def load(self) -> None:
        """Load the weights if they are not in memory. Raises WorkError (engine_unavailable) naming the command that downloads them."""
        self._session.load()

    def unload(self) -> None:
        self._session.unload()

    @abstractmethod
    def _embed_sound(self, samples: Samples) -> Embeddings:
        """Embedding [size] of unit length of 16 kHz samples without long silences, at least 30 ms."""

    @abstractmethod
    def _graph(self) -> bytes:
        """Serialised ONNX graph. Raises WeightsMissingError, CheckpointError, OSError."""


def trim_silence(samples: Samples) -> Samples:
    """Samples at 16 kHz without the stretches that are much quieter than the loudest one."""
    count = len(samples) // LEVEL_SAMPLES
    stretches = samples[: count * LEVEL_SAMPLES].reshape(count, LEVEL_SAMPLES)
    if not count:
        return samples[:0]
    levels = 10 * np.log10(np.mean(stretches.astype(np.float64) ** 2, axis=1) + 1e-10)
    is_loud = levels > max(levels.max() - DYNAMIC_RANGE_DB, SILENCE_DB)
    is_kept = np.convolve(is_loud, np.ones(NEIGHBOURS))[NEIGHBOURS // 2 :][:count] > 0.5
    return stretches[is_kept].ravel()


def mean_direction(vectors: Embeddings) -> Embeddings:
    """Mean of the vectors [n, d], of unit length."""
    mean = vectors.mean(axis=0)
    direction: Embeddings = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
    return direction

"""Speaker embeddings of a recording: windows over all speech."""

import base64
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.listening import SpeakerEmbedding
from workers.speakers import GE2E
from workers.speakers.ge2e import WINDOW_SECONDS

HOP_SECONDS: Final = 0.8
"""Hop between windows: half a window, so that every moment is covered twice."""
SHORTEST_SECONDS: Final = 0.3
"""Shorter sounds do not identify a speaker."""

Stretch = tuple[float, float]


def embed_speech(samples: NDArray[np.float32], *, speech: Sequence[Stretch], offset_seconds: float) -> tuple[SpeakerEmbedding, ...]:
    """Speaker embeddings of the speech, window by window, for `label_speakers`.

    samples: mono [n] at 16 kHz, full scale 1.0; speech: start and end in seconds of `samples`; offset_seconds: start of `samples` in the
    recording, added to the times. Raises WorkError (engine_unavailable) if the weights are missing.
    """
    windows = [window for start, end in speech for window in _windows(start, min(end, samples.size / RECOGNITION_SAMPLE_RATE))]
    embeddings = GE2E.embed_windows(
        [samples[round(start * RECOGNITION_SAMPLE_RATE) : round(end * RECOGNITION_SAMPLE_RATE)] for start, end in windows]
    )
    return tuple(
        SpeakerEmbedding(
            round(start + offset_seconds, 3), round(end + offset_seconds, 3), base64.b64encode(vector.astype("<f4").tobytes()).decode()
        )
        for (start, end), vector in zip(windows, embeddings, strict=True)
        if vector.any()
    )


def read_vectors(embeddings: Sequence[SpeakerEmbedding]) -> NDArray[np.float32]:
    """Vectors [n, 256] of the embeddings."""
    return np.stack([np.frombuffer(base64.b64decode(embedding.vector), "<f4") for embedding in embeddings])


def _windows(start: float, end: float) -> Iterator[Stretch]:
    """Windows over one stretch of speech, evenly spaced, at most HOP_SECONDS apart; the last one ends with it."""
    if end - start < SHORTEST_SECONDS:
        return
    spare = max(0.0, end - start - WINDOW_SECONDS)
    steps = math.ceil(spare / HOP_SECONDS - 1e-6)
    for step in range(steps + 1):
        first = start + spare * step / max(1, steps)
        yield first, min(end, first + WINDOW_SECONDS)

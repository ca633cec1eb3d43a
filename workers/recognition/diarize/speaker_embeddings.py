"""Speaker embeddings of a recording: spans of one voice each, or windows over all speech where the models for spans are missing."""

import base64
import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.contract.transcription import SpeakerEmbedding
from workers.speakers import CAMPPLUS, GE2E, SEGMENTATION
from workers.speakers.ge2e import WINDOW_SECONDS
from workers.speakers.spans import VoiceSpan, find_spans

HOP_SECONDS: Final = 0.8
"""Hop between windows: half a window, so that every moment is covered twice."""
SHORTEST_SECONDS: Final = 0.3
"""Shorter sounds do not identify a speaker."""
MARGIN_SECONDS: Final = 0.3
"""Distance around the speech within which spans belong to it: the two detectors disagree by so much."""
SHORTEST_SPAN_SECONDS: Final = 0.1

Stretch = tuple[float, float]


def embed_speech(samples: NDArray[np.float32], *, speech: Sequence[Stretch], offset_seconds: float) -> tuple[SpeakerEmbedding, ...]:
    """Speaker embeddings of the speech for `label_speakers`: of spans with the weight set `diarization`, otherwise of windows.

    samples: mono [n] at 16 kHz, full scale 1.0; speech: start and end in seconds of `samples`; offset_seconds: start of `samples` in the
    recording, added to the times. Raises WorkError (engine_unavailable) if the weights are missing.
    """
    if not speech:
        return ()
    if has_spans():
        return _embed_spans(samples, speech=speech, offset_seconds=offset_seconds)
    return embed_windows(samples, speech=speech, offset_seconds=offset_seconds)


def has_spans() -> bool:
    """True if the weight set `diarization` is on this machine."""
    return CAMPPLUS.is_available() and SEGMENTATION.is_available()


def read_vectors(embeddings: Sequence[SpeakerEmbedding]) -> NDArray[np.float32]:
    """Vectors [n, size] of embeddings of one encoder."""
    return np.stack([np.frombuffer(base64.b64decode(embedding.vector), "<f4") for embedding in embeddings])


def read_spans(embeddings: Sequence[SpeakerEmbedding]) -> list[VoiceSpan]:
    """Spans of embeddings by CAM++."""
    vectors = read_vectors(embeddings)
    return [VoiceSpan(one.start, one.end, vector, one.clear_seconds) for one, vector in zip(embeddings, vectors, strict=True)]


def _embed_spans(samples: NDArray[np.float32], *, speech: Sequence[Stretch], offset_seconds: float) -> tuple[SpeakerEmbedding, ...]:
    embeddings = []
    for span in find_spans(samples):
        reaches = [(max(span.start, start - MARGIN_SECONDS), min(span.end, end + MARGIN_SECONDS)) for start, end in speech]
        kept = [(start, end) for start, end in reaches if end - start >= SHORTEST_SPAN_SECONDS]
        if kept:
            # One span stays one, even if it covers two stretches of speech.
            start, end = round(kept[0][0] + offset_seconds, 3), round(kept[-1][1] + offset_seconds, 3)
            embeddings.append(SpeakerEmbedding(start, end, _encode(span.vector), CAMPPLUS.name, round(span.clear_seconds, 2)))
    return tuple(embeddings)


def embed_windows(samples: NDArray[np.float32], *, speech: Sequence[Stretch], offset_seconds: float) -> tuple[SpeakerEmbedding, ...]:
    """Embeddings by GE2E of windows over the speech; parameters as for `embed_speech`."""
    windows = [window for start, end in speech for window in _windows(start, min(end, samples.size / RECOGNITION_SAMPLE_RATE))]
    vectors = GE2E.embed_windows(
        [samples[round(start * RECOGNITION_SAMPLE_RATE) : round(end * RECOGNITION_SAMPLE_RATE)] for start, end in windows]
    )
    return tuple(
        SpeakerEmbedding(round(start + offset_seconds, 3), round(end + offset_seconds, 3), _encode(vector))
        for (start, end), vector in zip(windows, vectors, strict=True)
        if vector.any()
    )


def _encode(vector: NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def _windows(start: float, end: float) -> Iterator[Stretch]:
    """Windows over one stretch of speech, evenly spaced, at most HOP_SECONDS apart; the last one ends with it."""
    if end - start < SHORTEST_SECONDS:
        return
    spare = max(0.0, end - start - WINDOW_SECONDS)
    steps = math.ceil(spare / HOP_SECONDS - 1e-6)
    for step in range(steps + 1):
        first = start + spare * step / max(1, steps)
        yield first, min(end, first + WINDOW_SECONDS)

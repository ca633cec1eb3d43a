"""Resemblyzer's GE2E encoder: 256 numbers for windows of 1.6 s."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import Samples
from workers.speakers.checkpoint import read_tensors
from workers.speakers.encoder import Embeddings, SpeakerEncoder, mean_direction
from workers.speakers.ge2e_graph import EMBEDDING_SIZE, build_graph
from workers.speakers.mel import HOP, power_mels
from workers.weights.sets.speakers import SPEAKERS

WINDOW_SECONDS: Final = 1.6
"""Window length that the model was trained on."""
WINDOW_FRAMES: Final = 160
STEP_FRAMES: Final = 77
"""Frames between two windows of a recording, as Resemblyzer takes them."""
BATCH: Final = 16
"""Windows per batch; larger batches are no faster on one thread."""
QUIETEST: Final = 10 ** (-30 / 10)
"""Mean power to which quieter audio is raised, as in the model's training (-30 dBFS)."""
LARGEST_GAIN: Final = 100.0


class Ge2eEncoder(SpeakerEncoder):
    name = "ge2e"
    weights = (SPEAKERS.name, "pretrained.pt")
    size = EMBEDDING_SIZE
    same_speaker = 0.689
    memory_bytes = 64 << 20

    def embed_windows(self, windows: Sequence[Samples]) -> Embeddings:
        """Embeddings [n, 256] of stretches of at most 1.6 s; a row is zero if the stretch is silent."""
        return self._embed_frames([_window_mels(samples) for samples in windows])

    def _embed_sound(self, samples: Samples) -> Embeddings:
        frames = power_mels(_raise_level(samples))
        if len(frames) < WINDOW_FRAMES:
            frames = np.pad(frames, ((0, WINDOW_FRAMES - len(frames)), (0, 0)))
        firsts = range(0, len(frames) - WINDOW_FRAMES + 1, STEP_FRAMES)
        return mean_direction(self._embed_frames([frames[first : first + WINDOW_FRAMES] for first in firsts]))

    def _embed_frames(self, windows: Sequence[NDArray[np.float32]]) -> Embeddings:
        batches = [self._session.run(mels=np.stack(windows[first : first + BATCH])) for first in range(0, len(windows), BATCH)]
        return np.concatenate(batches) if batches else np.zeros((0, self.size), np.float32)

    def _graph(self) -> bytes:
        return build_graph(read_tensors(self.path(), entry="model_state"))


GE2E: Final = Ge2eEncoder()


def _window_mels(samples: Samples) -> NDArray[np.float32]:
    frames = power_mels(_raise_level(samples))[: min(WINDOW_FRAMES, max(1, samples.size // HOP))]
    return np.pad(frames, ((0, WINDOW_FRAMES - len(frames)), (0, 0)))  # a shorter one is followed by silence


def _raise_level(samples: Samples) -> Samples:
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    gain = min(LARGEST_GAIN, (QUIETEST / power) ** 0.5) if 0 < power < QUIETEST else 1.0
    return samples * np.float32(gain)

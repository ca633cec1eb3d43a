"""CAM++ of 3D-Speaker: 192 numbers for stretches of any length."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.filter_banks import BANDS, FRAME_SAMPLES, filter_banks
from workers.audio.samples import Samples
from workers.speakers.campplus_graph import EMBEDDING_SIZE, build_graph
from workers.speakers.checkpoint import read_tensors
from workers.speakers.encoder import Embeddings, SpeakerEncoder, mean_direction
from workers.weights.sets.diarization import CAMPPLUS_FILE, DIARIZATION

LONGEST_FRAMES: Final = 3000
"""Frames of 10 ms that are embedded at once, for bounded memory; a longer recording has the mean of its stretches."""
SHORTEST_FRAMES: Final = 20
"""Shorter stretches are repeated: the model halves the frames and needs a deviation over them."""


class CampplusEncoder(SpeakerEncoder):
    """CAM++ as 3D-Speaker publishes it: embeddings are not rectified."""

    name = "campplus"
    weights = (DIARIZATION.name, CAMPPLUS_FILE)
    size = EMBEDDING_SIZE
    same_speaker = 0.48
    memory_bytes = 160 << 20

    def embed_windows(self, windows: Sequence[Samples]) -> Embeddings:
        """Embeddings [n, 192] of stretches of any length."""
        return self.embed_frames([filter_banks(samples, window_type="povey") for samples in windows])

    def embed_frames(self, windows: Iterable[NDArray[np.float32]]) -> Embeddings:
        """Embeddings [n, 192] of log-mel frames [frames, 80] (povey window), which may be chosen from a longer recording."""
        vectors = [self._embed_one(frames) for frames in windows]
        return np.stack(vectors) if vectors else np.zeros((0, self.size), np.float32)

    def _embed_sound(self, samples: Samples) -> Embeddings:
        return self._embed_one(filter_banks(samples, window_type="povey"))

    def _embed_one(self, frames: NDArray[np.float32]) -> Embeddings:
        if not len(frames):
            frames = np.zeros((1, BANDS), np.float32)
        if len(frames) < SHORTEST_FRAMES:
            frames = np.tile(frames, (-(-SHORTEST_FRAMES // len(frames)), 1))
        pieces = np.array_split(frames, -(-len(frames) // LONGEST_FRAMES))
        return mean_direction(np.concatenate([self._session.run(fbank=(piece - piece.mean(axis=0))[None]) for piece in pieces]))

    def _graph(self) -> bytes:
        return build_graph(read_tensors(self.path()))


CAMPPLUS: Final = CampplusEncoder()
"""Encoder for diarization and for judging; in cloning and conversion nothing is tuned or chosen by it."""


def frames_of(samples: Samples) -> NDArray[np.float32]:
    """Log-mel frames of a recording for `embed_frames`: frame i begins at sample 160 i."""
    padded = np.pad(samples, (0, max(0, FRAME_SAMPLES - len(samples))))
    return filter_banks(padded, window_type="povey")

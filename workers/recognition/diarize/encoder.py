"""Speaker encoder: one per process, loaded at its first use, used by any number of threads at once."""

import threading
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.recognition.diarize.checkpoint import CheckpointError, read_tensors
from workers.recognition.diarize.graph import build_graph
from workers.recognition.diarize.mel import HOP, power_mels
from workers.recognition.diarize.weights import encoder_path
from workers.weights.store import WeightsMissingError

MEMORY_BYTES: Final = 64 << 20
"""Memory of the loaded encoder with several batches in flight; a recogniser that diarizes adds it to its own."""
WINDOW_SECONDS: Final = 1.6
"""Window length that the model was trained on."""
WINDOW_FRAMES: Final = 160
BATCH: Final = 16
"""Windows per batch; larger batches are no faster on one thread."""
QUIETEST: Final = 10 ** (-30 / 10)
"""Mean power to which quieter audio is raised, as in the model's training (-30 dBFS)."""
LARGEST_GAIN: Final = 100.0

_lock = threading.Lock()
_loaded: list[Any] = []


def embed(windows: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Embeddings [n, 256] of unit length of stretches of 16 kHz samples, each at most 1.6 s. Raises WorkError (engine_unavailable)."""
    session = _session()
    embeddings = [
        session.run(None, {"mels": np.stack([_mels(samples) for samples in windows[first : first + BATCH]])})[0]
        for first in range(0, len(windows), BATCH)
    ]
    return np.concatenate(embeddings) if embeddings else np.zeros((0, 256), np.float32)


def load() -> None:
    """Load the weights if they are not in memory. Raises WorkError (engine_unavailable) naming the command that downloads them."""
    _session()


def unload() -> None:
    with _lock:
        _loaded.clear()


def _mels(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    power = float(np.mean(np.square(samples, dtype=np.float64))) if samples.size else 0.0
    gain = min(LARGEST_GAIN, (QUIETEST / power) ** 0.5) if 0 < power < QUIETEST else 1.0
    frames = power_mels(samples * np.float32(gain))[: min(WINDOW_FRAMES, max(1, samples.size // HOP))]
    return np.pad(frames, ((0, WINDOW_FRAMES - len(frames)), (0, 0)))  # a shorter one is followed by silence


def _session() -> Any:
    with _lock:
        if not _loaded:
            _loaded.append(_open_session())
        return _loaded[0]


def _open_session() -> Any:
    import onnxruntime

    try:
        weights = read_tensors(encoder_path(), entry="model_state")
    except (WeightsMissingError, CheckpointError) as error:
        raise WorkError(ENGINE_UNAVAILABLE, str(error)) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(build_graph(weights), options, providers=["CPUExecutionProvider"])

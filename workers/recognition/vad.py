"""Voice activity detection: Silero (v6, MIT) from faster-whisper's wheel, in blocks of bounded length."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.audio.voice_activity.silero import CONTEXT_SAMPLES, FRAME_SAMPLES
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError

FRAME_SECONDS: Final = FRAME_SAMPLES / RECOGNITION_SAMPLE_RATE
STATE_SHAPE: Final = (1, 1, 128)
LEAD_FRAMES: Final = 312
"""Ten seconds processed before a block inside a recording, so that the model's state is nearly the same as without the cut."""
MODEL_FILE: Final = Path("assets", "silero_vad_v6.onnx")


def find_detector_obstacle() -> str:
    """Reason why speech cannot be detected here; empty if it can. Loads nothing."""
    return "" if _model_path() else "Speech recognition needs faster-whisper: install requirements/worker-cpu.txt."


def speech_probabilities(samples: NDArray[np.float32], *, lead: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Probability of speech in each frame of FRAME_SECONDS, shape [ceil(n / FRAME_SAMPLES)].

    samples: mono, 16 kHz, full scale 1.0; lead: the samples before them, of which the last LEAD_FRAMES frames are processed first. Raises
    WorkError (engine_unavailable).
    """
    if not len(samples):
        return np.zeros(0, np.float32)
    before = np.zeros(0, np.float32) if lead is None else lead[len(lead) - min(len(lead) // FRAME_SAMPLES, LEAD_FRAMES) * FRAME_SAMPLES :]
    lead_frames = len(before) // FRAME_SAMPLES
    whole = np.concatenate([before, samples, np.zeros(-len(samples) % FRAME_SAMPLES, np.float32)])
    frames = whole.reshape(-1, FRAME_SAMPLES)
    context = np.zeros((len(frames), CONTEXT_SAMPLES), np.float32)
    context[1:] = frames[:-1, -CONTEXT_SAMPLES:]
    state = np.zeros(STATE_SHAPE, np.float32)
    inputs = {"input": np.concatenate([context, frames], axis=1), "h": state, "c": state}
    probabilities: NDArray[np.float32] = np.asarray(_session().run(None, inputs)[0], np.float32).reshape(-1)
    return probabilities[lead_frames:]


@cache
def _session() -> Any:
    """ONNX session, called by several threads at once: each call computes in its caller's thread."""
    path = _model_path()
    if path is None:
        raise WorkError(ENGINE_UNAVAILABLE, find_detector_obstacle())
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena would keep the memory of the longest block for ever
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _model_path() -> Path | None:
    spec = find_spec("faster_whisper")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return next((path for folder in folders if (path := Path(folder) / MODEL_FILE).is_file()), None)

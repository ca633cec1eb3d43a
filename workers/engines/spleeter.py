"""Spleeter on ONNX Runtime: two stems, vocals and accompaniment."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.audio.streams import Frames
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.protocols.engine import Model
from workers.protocols.separator import KIND, Separator, check_stems
from workers.separation.checkpoint import CheckpointError, read_tensors
from workers.separation.graph import BINS, build_graph
from workers.separation.spectra import analyse, masks, pad_frames, synthesise
from workers.weights.sets.spleeter import SPLEETER
from workers.weights.store import WeightsMissingError, WeightStore

SAMPLE_RATE: Final = 44_100


class SpleeterEngine(Separator):
    """One network for each stem; the stems together are the recording."""

    block_seconds = 512 * 1024 / SAMPLE_RATE
    """The 512 frames that the networks were trained on."""
    overlap_seconds = 2.0

    spec = EngineSpec(
        id="spleeter",
        name="Spleeter",
        version="2stems-1",
        kind=KIND,
        description="Spleeter: splits music into vocals and accompaniment",
        licence="MIT",
        suggested_tier="standard",
        sample_rate=SAMPLE_RATE,
        stems=(2,),
        memory_bytes=700 << 20,
    )

    def __init__(self) -> None:
        self._sessions: tuple[Any, ...] = ()
        """Sessions in the order of the stems' names; called by several threads at once."""

    def find_obstacle(self) -> str:
        """Name the missing library or weights, without loading anything."""
        if importlib.util.find_spec("onnxruntime") is None or importlib.util.find_spec("onnx") is None:
            return "Spleeter needs onnxruntime and onnx: install requirements/worker-cpu.txt."
        try:
            _checkpoints()
        except WeightsMissingError as error:
            return error.message
        return ""

    def load(self) -> None:
        """Convert the published checkpoints to graphs and load them. Raises WorkError (engine_unavailable)."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            graphs = (build_graph(read_tensors(path)) for path in _checkpoints())
            self._sessions = tuple(onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"]) for graph in graphs)
        except (CheckpointError, KeyError, OSError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"Spleeter cannot be loaded: {error}. Try: ttsai models verify {SPLEETER.name}") from error

    def unload(self) -> None:
        self._sessions = ()

    def separate(self, frames: Frames, *, stems: int) -> Mapping[str, Frames]:
        """Split stereo frames [n, 2] at 44.1 kHz. Raises WorkError (unknown_engine) for another number of stems than 2."""
        names = check_stems(self.spec, stems=stems)
        sessions = self._sessions
        if not sessions:
            raise RuntimeError("load() comes first")
        spectra = analyse(frames)
        count, bins = spectra.shape[1:]
        magnitudes = pad_frames(np.abs(spectra[:, :, :BINS]))[None]
        estimates = [session.run(None, {"magnitudes": magnitudes})[0][0, :, :count] for session in sessions]
        return {name: synthesise(spectra * mask, length=len(frames)) for name, mask in zip(names, masks(estimates, bins=bins), strict=True)}


def _checkpoints() -> list[Path]:
    """Paths of the checkpoints. Raises WeightsMissingError."""
    store = WeightStore.default()
    return [store.path(SPLEETER.name, file.name) for file in SPLEETER.files]


def build_engines() -> list[Model]:
    return [SpleeterEngine()]

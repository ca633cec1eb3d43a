"""Extends the bandwidth of a recording by an operator's ONNX model (TTSAI_SUPER_RESOLUTION_MODEL); there is none in any package.

The model takes mono samples float32 [1, n] at the rate to reach, with silence above the recording's own band, and returns as many. The rate
is its metadata entry `sample_rate`, otherwise 48,000 Hz.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from workers.audio.streams import AudioStream, Frames, OverlappedBlocks
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.protocols.engine import Model
from workers.protocols.enhancer import KIND, Enhancer

MODEL_VARIABLE: Final = "TTSAI_SUPER_RESOLUTION_MODEL"
SAMPLE_RATE: Final = 48_000
BLOCK_SECONDS: Final = 5.0
OVERLAP_SECONDS: Final = 0.5


class SuperResolution(Enhancer):
    """Each channel by itself, in blocks that are cross-faded."""

    spec = EngineSpec(
        id="super-resolution",
        name="Super resolution",
        version="1",
        kind=KIND,
        description="Bandwidth extension by the operator's own model",
        licence="the model's own",
        suggested_tier="standard",
        sample_rate=SAMPLE_RATE,
        memory_bytes=2 << 30,
    )

    def __init__(self, model: Path | None) -> None:
        self._model = model
        self._session: Any = None
        if model is not None and model.is_file():
            self.spec = replace(self.spec, version=f"1-{model.stat().st_size:x}", memory_bytes=2 * model.stat().st_size + (500 << 20))

    def find_obstacle(self) -> str:
        """Name the missing setting or file, without loading anything."""
        if self._model is None:
            return f"Super resolution needs a model of yours: name an ONNX file in {MODEL_VARIABLE}."
        return "" if self._model.is_file() else f"{MODEL_VARIABLE} names {self._model}, which is no file."

    def load(self) -> None:
        """Load the model. Raises WorkError (engine_unavailable)."""
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as errors

        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            session = onnxruntime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])
            rate = int(session.get_modelmeta().custom_metadata_map.get("sample_rate", SAMPLE_RATE))
        except (
            errors.Fail,
            errors.InvalidArgument,
            errors.InvalidGraph,
            errors.InvalidProtobuf,
            errors.NotImplemented,
            ValueError,
        ) as error:
            raise WorkError(ENGINE_UNAVAILABLE, f"The model of {MODEL_VARIABLE} cannot be loaded: {error}") from error
        if len(session.get_inputs()) != 1:
            raise WorkError(ENGINE_UNAVAILABLE, f"The model of {MODEL_VARIABLE} must have one input, float32 [1, samples].")
        self.spec = replace(self.spec, sample_rate=rate)
        self._session = session

    def unload(self) -> None:
        self._session = None

    def open_stream(self, *, channels: int, strength: int) -> AudioStream:  # noqa: ARG002 - the model has one strength
        """Stream at the model's rate."""
        session, rate = self._session, self.spec.sample_rate
        if session is None:
            raise RuntimeError("load() comes first")

        def extend(frames: Frames) -> Frames:
            return np.stack([_run(session, frames[:, index]) for index in range(channels)], axis=1)

        return OverlappedBlocks(extend, channels=channels, block=round(BLOCK_SECONDS * rate), overlap=round(OVERLAP_SECONDS * rate))


def _run(session: Any, samples: Frames) -> Frames:
    """Run one channel [n]. Raises WorkError (engine_unavailable) for a result of another length."""
    made = np.asarray(session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(samples)[None]})[0], np.float32).reshape(-1)
    if len(made) != len(samples):
        raise WorkError(ENGINE_UNAVAILABLE, f"The model of {MODEL_VARIABLE} returned {len(made)} samples for {len(samples)}.")
    return made


def build_engines(environment: Mapping[str, str] = os.environ) -> list[Model]:
    model = environment.get(MODEL_VARIABLE)
    return [SuperResolution(Path(model) if model else None)]

"""ONNX session of a model: opened at its first use, shared by any number of threads."""

import threading
from collections.abc import Callable
from typing import Any

from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.speakers.checkpoint import CheckpointError
from workers.weights.store import WeightsMissingError


class ModelSession:
    """Session of a graph that is read or built when it is first needed."""

    def __init__(self, build: Callable[[], bytes]) -> None:
        """build: returns the serialised graph; may raise WeightsMissingError, CheckpointError."""
        self._build = build
        self._lock = threading.Lock()
        self._session: Any = None

    def run(self, **inputs: Any) -> Any:
        """First output of the graph. Raises WorkError (engine_unavailable)."""
        return self._opened().run(None, inputs)[0]

    def load(self) -> None:
        """Open the session. Raises WorkError (engine_unavailable) naming the command that downloads the weights."""
        self._opened()

    def unload(self) -> None:
        with self._lock:
            self._session = None

    def _opened(self) -> Any:
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _open(self) -> Any:
        import onnxruntime

        try:
            graph = self._build()
        except (WeightsMissingError, CheckpointError) as error:
            raise WorkError(ENGINE_UNAVAILABLE, str(error)) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

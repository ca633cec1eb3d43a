"""The loaded runtime and the packaged graph, once per test process."""

from typing import Any

import pytest

from workers.kokoro.runtime import KokoroRuntime
from workers.weights.store import WeightStore


@pytest.fixture(scope="session")
def runtime(kokoro_runtime: KokoroRuntime) -> KokoroRuntime:
    return kokoro_runtime


@pytest.fixture(scope="session")
def packaged_runtime() -> KokoroRuntime:
    """Runtime with the packaged decoder, the reference of the faster ones."""
    return KokoroRuntime.load(kind="packaged")


@pytest.fixture(scope="module")
def packaged() -> Any:
    """Session of the graph as it is packaged."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    path = WeightStore.default().path("kokoro", "model.onnx")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

"""ONNX Runtime sessions of Kokoro's parts."""

from typing import Any


def open_session(model: bytes, *, threads: int = 1) -> Any:
    """A session on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # the pattern of the longest sentence would be reserved beside the arena: 610 MB become 790
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    session._model_bytes = b""  # noqa: SLF001 - kept for a change of providers, 87 MB of all parts together
    return session

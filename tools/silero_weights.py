"""Writes workers/audio/voice_activity/silero_v6.npz from the ONNX file of faster-whisper's wheel: `python -m tools.silero_weights`."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from workers.audio.voice_activity.silero import WEIGHTS_FILE, fourier_basis

NAMES = {
    **{f"conv{index}.{part}": f"encoder.conv_layers.{index}.{part}" for index in range(4) for part in ("weight", "bias")},
    "lstm.input": "onnx::LSTM_209",
    "lstm.recurrent": "onnx::LSTM_210",
    "lstm.bias": "onnx::LSTM_211",
    "output.weight": "decoder.conv1d.weight",
    "output.bias": "decoder.conv1d.bias",
}


def main() -> None:
    """Convert the weights. The Fourier transform is not stored: it is checked against its formula."""
    import onnx
    from onnx import numpy_helper

    spec = find_spec("faster_whisper")
    if spec is None or spec.origin is None:
        raise SystemExit("faster-whisper is not installed: install requirements/worker-cpu.txt.")
    graph = onnx.load(str(Path(spec.origin).parent / "assets" / "silero_vad_v6.onnx")).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    basis = stored["encoder.feature_extractor.forward_basis_buffer"][:, 0]
    if not np.allclose(basis, fourier_basis(), atol=1e-4):
        raise SystemExit("The Fourier transform of the file is not the one that silero.py computes.")
    arrays = {name: np.squeeze(stored[source]) if "conv" not in name else stored[source] for name, source in NAMES.items()}
    arrays["lstm.bias"] = arrays["lstm.bias"].reshape(2, -1).sum(axis=0)  # of the input and of the recurrence
    halved: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(WEIGHTS_FILE, **halved)


if __name__ == "__main__":
    main()

"""Silero's voice activity detector (v6, MIT), computed by NumPy.

The network is the one of workers/recognition/vad.py: a short-time Fourier transform, four convolutions, one LSTM of 128 cells. The web
process has no model runtime, and a frame of 32 ms costs 0.1 ms here. `tools/silero_weights.py` writes the weights from faster-whisper's
wheel, in half precision: probabilities differ by less than 0.01.
"""

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_SAMPLES: Final = 512
CONTEXT_SAMPLES: Final = 64
"""Samples of context before each frame."""
PADDING_SAMPLES: Final = 64
"""Samples mirrored after each frame, so that it has four windows."""
WINDOW_SAMPLES, HOP_SAMPLES, WINDOWS, BINS = 256, 128, 4, 129
CELLS: Final = 128
WEIGHTS_FILE: Final = Path(__file__).with_name("silero_v6.npz")

Samples = NDArray[np.float32]


class SpeechDetector:
    """Probability of speech in a stream of audio, frame by frame."""

    def __init__(self) -> None:
        self._network = load_network()
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._hidden = np.zeros(CELLS, np.float32)
        self._cells = np.zeros(CELLS, np.float32)

    def feed(self, samples: Samples) -> Samples:
        """Probabilities of the frames of FRAME_SAMPLES that these samples complete; mono, 16 kHz, full scale 1.0."""
        whole = np.concatenate([self._rest, samples])
        count = len(whole) // FRAME_SAMPLES
        self._rest = whole[count * FRAME_SAMPLES :]
        if not count:
            return np.zeros(0, np.float32)
        frames = whole[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
        context = np.concatenate([self._context[None], frames[:-1, -CONTEXT_SAMPLES:]])
        self._context = frames[-1, -CONTEXT_SAMPLES:].copy()
        return self._decode(self._network.encode(np.concatenate([context, frames], axis=1)))

    def _decode(self, features: Samples) -> Samples:
        network = self._network
        projected = features @ network.input_weight + network.bias
        outputs = np.empty((len(features), CELLS), np.float32)
        for index, gates in enumerate(projected):
            gates = gates + self._hidden @ network.recurrent_weight  # noqa: PLW2901 - in the order of ONNX: input, output, forget, cell
            opened = _sigmoid(gates[: 3 * CELLS])
            self._cells = opened[2 * CELLS :] * self._cells + opened[:CELLS] * np.tanh(gates[3 * CELLS :])
            self._hidden = opened[CELLS : 2 * CELLS] * np.tanh(self._cells)
            outputs[index] = self._hidden
        return _sigmoid(np.maximum(outputs, 0) @ network.output_weight + network.output_bias)


class Network:
    """Weights of the network, shaped for matrix products."""

    def __init__(self, arrays: dict[str, Samples]) -> None:
        self._basis = fourier_basis().T.copy()
        self._layers = [_as_matrix(arrays[f"conv{index}.weight"]) for index in range(4)]
        self._biases = [arrays[f"conv{index}.bias"] for index in range(4)]
        self.input_weight = arrays["lstm.input"].T.copy()
        self.recurrent_weight = arrays["lstm.recurrent"].T.copy()
        self.bias = arrays["lstm.bias"]
        self.output_weight = arrays["output.weight"]
        self.output_bias = arrays["output.bias"]

    def encode(self, frames: Samples) -> Samples:
        """Features [n, 128] of frames with their context [n, 576]."""
        mirrored = frames[:, -2 : -PADDING_SAMPLES - 2 : -1]
        windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([frames, mirrored], axis=1), WINDOW_SAMPLES, axis=1)
        spectrum = windows[:, ::HOP_SAMPLES] @ self._basis
        values = np.sqrt(spectrum[..., :BINS] ** 2 + spectrum[..., BINS:] ** 2)
        for weight, bias, step in zip(self._layers, self._biases, (1, 2, 2, 1), strict=True):
            values = np.maximum(_taps(values, step=step) @ weight + bias, 0)
        features: Samples = values[:, 0]
        return features


@cache
def load_network() -> Network:
    """The network, loaded once."""
    with np.load(WEIGHTS_FILE) as stored:
        return Network({name: stored[name].astype(np.float32) for name in stored.files})


def fourier_basis() -> Samples:
    """Cosines, then sines, of the windowed Fourier transform: [2 * BINS, WINDOW_SAMPLES]."""
    times = np.arange(WINDOW_SAMPLES)
    angles = 2 * np.pi * np.outer(np.arange(BINS), times) / WINDOW_SAMPLES
    window = 0.5 - 0.5 * np.cos(2 * np.pi * times / WINDOW_SAMPLES)
    return np.concatenate([np.cos(angles) * window, -np.sin(angles) * window]).astype(np.float32)


def _taps(values: Samples, *, step: int) -> Samples:
    """Each value [n, length, channels] beside its neighbours, zeros beyond the ends: [n, length / step, 3 * channels]."""
    padded = np.pad(values, ((0, 0), (1, 1), (0, 0)))
    length = values.shape[1]
    return np.concatenate([padded[:, tap : tap + length : step] for tap in range(3)], axis=2)


def _as_matrix(weight: Samples) -> Samples:
    """Weight [outputs, inputs, 3] of a convolution as a matrix [3 * inputs, outputs]."""
    return np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, weight.shape[0]))


def _sigmoid(values: Samples) -> Samples:
    return np.asarray(1 / (1 + np.exp(-values)), np.float32)

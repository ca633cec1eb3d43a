"""The d-vector encoder as a differentiable function: its int8 weights as floats, over windows of 0.8 s. Audio is [samples] at 24 kHz."""

from collections.abc import Mapping
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from jax import Array, lax

from workers.cloning.losses import SPEAKER_HOP, SPEAKER_SCALE, SPEAKER_WINDOW, Constants, Floats, power_spectrum, windowed_dft
from workers.speakers.d_vector import FFT_SIZE, FLOOR, WINDOW_FRAMES
from workers.speakers.mel import HAMMING, mel_filters

BINS: Final = FFT_SIZE // 2 + 1
"""Bins up to 8 kHz: those that the encoder sees in audio of 16 kHz."""
PADDED: Final = FFT_SIZE * 3 // 2
"""Points of the DFT at 24 kHz whose bins lie where those of 512 points lie at 16 kHz."""
LSTM: Final = "DynamicQuantizeLSTM"
PROJECTION: Final = "proj.linear_layer.weight"
LN_10: Final = float(np.log(10))
TINY: Final = 1e-6


def d_vector_constants(model: onnx.ModelProto) -> Constants:
    """Matrices of `d_vector_embedding`. model: the packaged graph with int8 weights."""
    numbers = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    found: dict[str, Any] = {
        "dft": windowed_dft(PADDED, SPEAKER_WINDOW, count=BINS, shape=HAMMING),
        "filters": mel_filters(FFT_SIZE) * np.float32(SPEAKER_SCALE),
        "dense": _to_float(numbers, PROJECTION),
        "dense_bias": numbers["proj.linear_layer.bias"],
    }
    for layer, node in enumerate(one for one in model.graph.node if one.op_type == LSTM):
        for name, weight in (("input", node.input[1]), ("recurrent", node.input[2])):
            found[f"{name}{layer}"] = _to_float(numbers, weight.removesuffix("_quantized"))[0]
        found[f"bias{layer}"] = numbers[node.input[3]].reshape(2, -1).sum(axis=0)
    return {name: jnp.asarray(value, jnp.float32) for name, value in found.items()}


def d_vector_embedding(audio: Array, constants: Mapping[str, Array]) -> Array:
    """Embedding [256] of unit length of audio of at least 0.8 s without long silences: the mean direction of its first and last window."""
    power = power_spectrum(audio, constants["dft"], hop=SPEAKER_HOP) @ constants["filters"]
    frames = jnp.log(power + np.float32(FLOOR)) / np.float32(LN_10)
    sequence = jnp.stack([frames[:WINDOW_FRAMES], frames[-WINDOW_FRAMES:]], axis=1)
    for layer in range(sum(name.startswith("recurrent") for name in constants)):
        sequence = _recur(sequence, constants, layer)
    vectors = sequence[-1] @ constants["dense"] + constants["dense_bias"]
    return _unit((vectors / (jnp.linalg.norm(vectors, axis=1, keepdims=True) + np.float32(TINY))).mean(axis=0))


def _recur(sequence: Array, constants: Mapping[str, Array], layer: int) -> Array:
    """Hidden states [frames, windows, 768] of one LSTM layer with ONNX's order of gates: in, out, forget, candidate."""
    recurrent = constants[f"recurrent{layer}"]
    inputs = sequence @ constants[f"input{layer}"] + constants[f"bias{layer}"]

    def step(state: tuple[Array, Array], given: Array) -> tuple[tuple[Array, Array], Array]:
        hidden, cell = state
        in_, out, forget, candidate = jnp.split(given + hidden @ recurrent, 4, axis=-1)
        cell = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(in_) * jnp.tanh(candidate)
        hidden = jax.nn.sigmoid(out) * jnp.tanh(cell)
        return (hidden, cell), hidden

    start = jnp.zeros((sequence.shape[1], recurrent.shape[0]), jnp.float32)
    _, states = lax.scan(step, (start, start), inputs)
    return states


def _unit(vector: Array) -> Array:
    unit: Array = vector / (jnp.linalg.norm(vector) + np.float32(TINY))
    return unit


def _to_float(numbers: Mapping[str, Any], name: str) -> Floats:
    """Weights of one scale and zero point for the whole matrix."""
    whole = numbers[f"{name}_quantized"].astype(np.float32) - numbers[f"{name}_zero_point"].astype(np.float32)
    floats: Floats = whole * numbers[f"{name}_scale"].astype(np.float32)
    return floats

"""Distances that the fit reduces: spectra of the reconstruction, and the speaker of a freshly read sentence. Audio is [samples] at 24 kHz."""

from collections.abc import Mapping
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from numpy.typing import NDArray

from workers.cloning.features import FLOOR, HOP, SPECTRUM, WINDOW, mel_filters
from workers.speakers.mel import WINDOW as SPEAKER_TRAINING_WINDOW
from workers.speakers.mel import mel_filters as speaker_filters

Floats = NDArray[np.float32]

QUIETEST_LOG_MEL: Final = -8.0
"""Bands are compared down to here; below lie silence and room noise."""
RESOLUTIONS: Final = ((512, 480), (1024, 960), (2048, 1920))
"""Bins and window of each spectrum; its hop is a quarter of the window."""
LOG_FLOOR: Final = 1e-3
TINY: Final = 1e-7

SPEAKER_WINDOW, SPEAKER_HOP = 600, 240
"""25 and 10 ms."""
SPEAKER_BINS: Final = 201
"""Bins of 40 Hz up to 8 kHz: those that the encoder sees in audio of 16 kHz, so that nothing needs to be resampled."""
SPEAKER_SCALE: Final = (2 / 3) ** 2
"""Power of a window of 600 samples to that of one of 400."""
QUIETEST_POWER: Final = 10 ** (-30 / 10)
LAYERS: Final = 3
HANN: Final = (0.5, 0.5)
"""Constant and cosine of the window."""
Constants = dict[str, Array]


def spectral_constants() -> Constants:
    """Matrices of `spectral_distance`: arguments of the compiled function, so that it holds no constants of megabytes."""
    found = {"mel": jnp.asarray(mel_filters()), "mel_dft": jnp.asarray(windowed_dft(SPECTRUM, WINDOW))}
    return {**found, **{f"dft_{bins}": jnp.asarray(windowed_dft(bins, window)) for bins, window in RESOLUTIONS}}


def spectral_distance(audio: Array, target: Array, constants: Mapping[str, Array]) -> Array:
    """Mean distance of log mels, plus the mean over three resolutions of spectral convergence and distance of log magnitudes."""
    mels = [jnp.maximum(_log_mels(one, constants), QUIETEST_LOG_MEL) for one in (audio, target)]
    distance = jnp.abs(mels[0] - mels[1]).mean()
    for bins, window in RESOLUTIONS:
        heard, wanted = (jnp.sqrt(power_spectrum(one, constants[f"dft_{bins}"], hop=window // 4) + TINY) for one in (audio, target))
        convergence = jnp.sqrt(((heard - wanted) ** 2).sum() + TINY) / jnp.sqrt((wanted**2).sum() + TINY)
        logarithms = jnp.abs(jnp.log(heard + LOG_FLOOR) - jnp.log(wanted + LOG_FLOOR)).mean()
        distance = distance + (convergence + logarithms) / len(RESOLUTIONS)
    return distance


def speaker_constants(tensors: Mapping[str, NDArray[Any]]) -> Constants:
    """Matrices of `speaker_embedding`. tensors: the GE2E encoder's checkpoint, by PyTorch's names."""
    found = {
        "dft": windowed_dft(SPEAKER_WINDOW, SPEAKER_WINDOW, count=SPEAKER_BINS),
        "filters": speaker_filters(SPEAKER_TRAINING_WINDOW) * np.float32(SPEAKER_SCALE),
    }
    for layer in range(LAYERS):
        found[f"input{layer}"] = np.ascontiguousarray(tensors[f"lstm.weight_ih_l{layer}"].T)
        found[f"recurrent{layer}"] = np.ascontiguousarray(tensors[f"lstm.weight_hh_l{layer}"].T)
        found[f"bias{layer}"] = tensors[f"lstm.bias_ih_l{layer}"] + tensors[f"lstm.bias_hh_l{layer}"]
    found["dense"], found["dense_bias"] = np.ascontiguousarray(tensors["linear.weight"].T), tensors["linear.bias"]
    return {name: jnp.asarray(value, jnp.float32) for name, value in found.items()}


def speaker_embedding(audio: Array, constants: Mapping[str, Array]) -> Array:
    """GE2E embedding [256] of unit length of audio that was trimmed already."""
    loudness = lax.stop_gradient(jnp.sqrt((audio**2).mean()))
    audio = audio * jnp.maximum(np.float32(QUIETEST_POWER**0.5) / (loudness + 1e-9), 1.0)
    sequence = power_spectrum(audio, constants["dft"], hop=SPEAKER_HOP) @ constants["filters"]
    for layer in range(LAYERS):
        sequence = _recur(sequence, constants, layer)
    raw = jax.nn.relu(sequence[-1] @ constants["dense"] + constants["dense_bias"])
    unit: Array = raw / (jnp.linalg.norm(raw) + 1e-6)
    return unit


def _recur(sequence: Array, constants: Mapping[str, Array], layer: int) -> Array:
    """Hidden states [frames, 256] of one LSTM layer with PyTorch's gates."""
    recurrent = constants[f"recurrent{layer}"]
    inputs = sequence @ constants[f"input{layer}"] + constants[f"bias{layer}"]

    def step(state: tuple[Array, Array], given: Array) -> tuple[tuple[Array, Array], Array]:
        hidden, cell = state
        in_, forget, candidate, out = jnp.split(given + hidden @ recurrent, 4)
        cell = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(in_) * jnp.tanh(candidate)
        hidden = jax.nn.sigmoid(out) * jnp.tanh(cell)
        return (hidden, cell), hidden

    start = jnp.zeros(recurrent.shape[0], jnp.float32)
    _, states = lax.scan(step, (start, start), inputs)
    return states


def _log_mels(audio: Array, constants: Mapping[str, Array]) -> Array:
    return jnp.log(np.float32(FLOOR) + power_spectrum(audio, constants["mel_dft"], hop=HOP) @ constants["mel"])


def power_spectrum(audio: Array, dft: Array, *, hop: int) -> Array:
    """Power spectrum [frames, bins] of the windows that lie within the audio, by a matrix: faster to differentiate than an FFT."""
    spectrum = _frames(audio, window=dft.shape[0], hop=hop) @ dft
    half = dft.shape[1] // 2
    return spectrum[:, :half] ** 2 + spectrum[:, half:] ** 2


def _frames(audio: Array, *, window: int, hop: int) -> Array:
    """Overlapping windows [frames, window] of whole steps, without a gather."""
    step = int(np.gcd(window, hop))
    pieces = audio[: audio.size // step * step].reshape(-1, step)
    count = (pieces.shape[0] - window // step) // (hop // step) + 1
    stride = hop // step
    return jnp.concatenate([pieces[k : k + (count - 1) * stride + 1 : stride] for k in range(window // step)], axis=1)


def windowed_dft(bins: int, window: int, *, count: int = 0, shape: tuple[float, float] = HANN) -> Floats:
    """Real and imaginary parts of a windowed DFT, [window, 2 count], of the first `count` (default: bins // 2 + 1) frequencies.

    shape: constant and cosine of the window.
    """
    count = count or bins // 2 + 1
    time = np.arange(window)
    weights = shape[0] - shape[1] * np.cos(2 * np.pi * time / window)
    angles = 2 * np.pi / bins * np.outer(time, np.arange(count))
    windowed: Floats = (weights[:, None] * np.concatenate([np.cos(angles), -np.sin(angles)], axis=1)).astype(np.float32)
    return windowed

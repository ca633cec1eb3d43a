"""Kokoro's decoder (iSTFTNet of StyleTTS 2) in JAX, with a gradient by the voice alone: the weights are frozen.

Arrays are [time, channels]: that is the layout in which XLA's convolutions are fastest on a processor (convolution.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax

from workers.cloning.convolution import FEWEST_SPECTRAL_TAPS, convolve, convolve_spectrally, spectral_kernel
from workers.cloning.decoder_weights import ConvolutionWeights, DecoderWeights

Weights = dict[str, dict[str, Array]]
"""Arrays by module: the pytree that compiled functions take."""
Norms = Mapping[str, tuple[Array, Array]]
"""Gamma and beta by AdaIN norm."""

EPSILON: Final = 1e-5
BLOCKS: Final = 4
UPSAMPLING: Final = (10, 6)
DILATIONS: Final = (1, 3, 5)
RESBLOCK_TAPS: Final = (3, 7, 11)
"""Kernels of the residual blocks after each upsampling, of which the mean is taken."""
NOISE_TAPS: Final = (7, 11)
FREQUENCIES: Final = 11
"""Bins of the last spectrum; its window has 20 samples, its hop 5."""
HOP: Final = 5
EDGE: Final = 10
GAIN: Final = 4.0
"""Factor that stands for the graph's division by the sum of the windows, constant inside an utterance."""


def to_arrays(weights: DecoderWeights) -> Weights:
    """The weights as JAX takes them, with the kernels of the backward pass beside them."""
    arrays = {name: _module_arrays(name, module) for name, module in weights.convolutions.items()}
    arrays["alphas"] = {name: jnp.asarray(alpha) for name, alpha in weights.alphas.items()}
    arrays["istft"] = {"basis": jnp.asarray(weights.basis)}
    return arrays


def _module_arrays(name: str, module: ConvolutionWeights) -> dict[str, Array]:
    kernel = module.kernel
    found = {} if module.bias is None else {"bias": jnp.asarray(module.bias)}
    if "/ups." in name:
        return {**found, "phases": jnp.asarray(_phases(kernel, stride=module.stride))}
    if "/convs" in name and len(kernel) >= FEWEST_SPECTRAL_TAPS:
        real, imaginary = spectral_kernel(kernel)
        return {**found, "real": jnp.asarray(real), "imaginary": jnp.asarray(imaginary)}
    found["kernel"] = jnp.asarray(kernel)
    if not name.endswith("/pool") and module.stride == 1:
        found["backward"] = jnp.asarray(np.ascontiguousarray(kernel[::-1].transpose(0, 2, 1)))
    return found


def _phases(kernel: Any, *, stride: int) -> Any:
    """A transposed convolution of twice as many taps as its stride, as one matrix [2 inputs, stride outputs]: this frame's and the last one's."""
    taps, inputs, outputs = kernel.shape
    assert taps == 2 * stride  # noqa: S101 - the graph's own shape
    halves = kernel.reshape(2, stride, inputs, outputs).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(halves.reshape(2 * inputs, stride * outputs))


def split_affine(affine: Array, layout: Sequence[tuple[str, int]]) -> Norms:
    """Gamma and beta of each norm, from the numbers of a voice in the order of the graph."""
    norms, place = {}, 0
    for name, size in layout:
        gamma, beta = affine[place : place + size // 2], affine[place + size // 2 : place + size]
        norms[name] = (gamma, beta)
        place += size
    return norms


def decode(weights: Weights, norms: Norms, *, asr: Array, f0: Array, energy: Array, har: Array) -> Array:
    """Audio [600 t] at 24 kHz of asr [t, 512], f0 [2t] in Hz, energy [2t] and har [120 t + 1, 22].

    The same as the part `decode` of the graph, but for its first and last milliseconds and the graph's quantisation.
    """
    f0_features = _halve(weights["F0_conv"], f0)
    energy_features = _halve(weights["N_conv"], energy)
    residual = _pointwise(weights["asr_res"], asr)
    x = _block(weights, norms, "encode", jnp.concatenate([asr, f0_features, energy_features], axis=1))
    for index in range(BLOCKS):
        x = jnp.concatenate([x, residual, f0_features, energy_features], axis=1)
        x = _block(weights, norms, f"decode.{index}", x, is_upsampling=index == BLOCKS - 1)
    x = _generate(weights, norms, x, har)
    return _inverse_transform(x, weights["istft"]["basis"])


def _generate(weights: Weights, norms: Norms, x: Array, har: Array) -> Array:
    sources = (
        _noise_source(weights["generator/noise_convs.0"], har, stride=6, padding=3),
        _pointwise(weights["generator/noise_convs.1"], har),
    )
    for stage, harmonics in enumerate(sources):
        source = _residual_block(weights, norms, f"generator/noise_res.{stage}", harmonics, taps=NOISE_TAPS[stage])
        x = _upsample(weights[f"generator/ups.{stage}"], _leaky(x, 0.1), stride=UPSAMPLING[stage])
        if stage:
            x = jnp.concatenate([x[1:2], x])
        x = x + source
        blocks = [
            _residual_block(weights, norms, f"generator/resblocks.{len(RESBLOCK_TAPS) * stage + index}", x, taps=taps)
            for index, taps in enumerate(RESBLOCK_TAPS)
        ]
        x = sum(blocks[1:], blocks[0]) / len(RESBLOCK_TAPS)
    return _convolve(weights["generator/conv_post"], _leaky(x, 0.01))


def _block(weights: Weights, norms: Norms, name: str, x: Array, *, is_upsampling: bool = False) -> Array:
    y = _leaky(_norm(x, norms[f"{name}.norm1"]), 0.2)
    if is_upsampling:
        y = _pool(weights[f"{name}/pool"], y)
        x = jnp.repeat(x, 2, axis=0)
    y = _convolve(weights[f"{name}/conv1"], y)
    y = _convolve(weights[f"{name}/conv2"], _leaky(_norm(y, norms[f"{name}.norm2"]), 0.2))
    return (y + _pointwise(weights[f"{name}/conv1x1"], x)) * np.float32(2**-0.5)


def _residual_block(weights: Weights, norms: Norms, name: str, x: Array, *, taps: int) -> Array:
    dotted, alphas = name.replace("/", "."), weights["alphas"]
    for index, dilation in enumerate(DILATIONS):
        y = _snake(_norm(x, norms[f"{dotted}.adain1.{index}"]), alphas[f"{dotted}.alpha1.{index}"])
        y = _convolve(weights[f"{name}/convs1.{index}"], y, taps=taps, dilation=dilation)
        y = _snake(_norm(y, norms[f"{dotted}.adain2.{index}"]), alphas[f"{dotted}.alpha2.{index}"])
        x = x + _convolve(weights[f"{name}/convs2.{index}"], y, taps=taps)
    return x


def _norm(x: Array, numbers: tuple[Array, Array]) -> Array:
    """Adaptive instance normalisation over time."""
    gamma, beta = numbers
    mean = x.mean(axis=0)
    centred = x - mean
    scale = (1 + gamma) * lax.rsqrt((centred**2).mean(axis=0) + EPSILON)
    return centred * scale + beta


def _leaky(x: Array, slope: float) -> Array:
    return jnp.where(x > 0, x, slope * x)


@jax.custom_vjp
def _snake(x: Array, alpha: Array) -> Array:
    """x + sin²(alpha x) / alpha."""
    return x + (1 - _cosine(x * alpha * np.float32(1 / np.pi))) / (2 * alpha)


def _snake_forward(x: Array, alpha: Array) -> tuple[Array, tuple[Array, Array]]:
    return _snake(x, alpha), (x, alpha)


def _snake_backward(kept: tuple[Array, Array], gradient: Array) -> tuple[Array, None]:
    x, alpha = kept
    quarter = np.float32(0.25)  # sin(a) = cos(a - a quarter turn)
    return gradient * (1 + _cosine(x * alpha * np.float32(1 / np.pi) - quarter)), None


_snake.defvjp(_snake_forward, _snake_backward)


def _cosine(turns: Array) -> Array:
    """cos(2 pi turns), to 1e-6: the even polynomial of the nearest half turn. XLA's own costs eight times as much."""
    rest = turns - jnp.round(turns)
    square = rest * rest
    result = jnp.full_like(square, _COSINE_SERIES[-1])
    for coefficient in _COSINE_SERIES[-2::-1]:
        result = result * square + coefficient
    return result


def _cosine_series(count: int = 8) -> list[np.float32]:
    """Coefficients of cos(2 pi x) in powers of x² on [-1/2, 1/2], by least squares at Chebyshev's points."""
    points = 0.5 * np.cos(np.pi * (np.arange(400) + 0.5) / 800)
    powers = points[:, None] ** (2 * np.arange(count))
    found, *_ = np.linalg.lstsq(powers, np.cos(2 * np.pi * points), rcond=None)
    return [np.float32(value) for value in found]


_COSINE_SERIES: Final = _cosine_series()


def _convolve(module: Mapping[str, Array], x: Array, *, taps: int = 0, dilation: int = 1) -> Array:
    """taps: of a kernel that is stored by frequency."""
    if "real" in module:
        y = convolve_spectrally(x, module["real"], module["imaginary"], taps=taps, dilation=dilation)
    else:
        y = convolve(x, module["kernel"], module["backward"], dilation)
    return y + module["bias"] if "bias" in module else y


def _pointwise(module: Mapping[str, Array], x: Array) -> Array:
    y = x @ module["kernel"][0]
    return y + module["bias"] if "bias" in module else y


def _halve(module: Mapping[str, Array], curve: Array) -> Array:
    """A curve [2t] to features [t, 1]: three taps, two at a time."""
    return _noise_source(module, curve[:, None], stride=2, padding=1)


def _noise_source(module: Mapping[str, Array], x: Array, *, stride: int, padding: int) -> Array:
    y = lax.conv_general_dilated(x[None], module["kernel"], (stride,), [(padding, padding)], dimension_numbers=("NHC", "HIO", "NHC"))[0]
    return y + module["bias"]


def _pool(module: Mapping[str, Array], x: Array) -> Array:
    """Each channel twice as long: a transposed convolution of three taps with a stride of two."""
    kernel = module["kernel"][:, 0] if module["kernel"].shape[1] == 1 else module["kernel"][..., 0]
    following = jnp.concatenate([x[1:], jnp.zeros_like(x[:1])])
    both = jnp.stack([x * kernel[1], x * kernel[2] + following * kernel[0]], axis=1)
    return both.reshape(-1, x.shape[1]) + module["bias"]


def _upsample(module: Mapping[str, Array], x: Array, *, stride: int) -> Array:
    empty = jnp.zeros_like(x[:1])
    both = jnp.concatenate([jnp.concatenate([x, empty]), jnp.concatenate([empty, x])], axis=1)
    y = (both @ module["phases"]).reshape((x.shape[0] + 1) * stride, -1)
    cut = stride // 2
    return y[cut : cut + x.shape[0] * stride] + module["bias"]


def _inverse_transform(x: Array, basis: Array) -> Array:
    """Spectrum [frames, 22] of logarithmic magnitudes and phases to audio: overlapping windows of four hops."""
    magnitude, phase = jnp.exp(x[:, :FREQUENCIES]), jnp.sin(x[:, FREQUENCIES:])
    spectrum = jnp.concatenate([magnitude * jnp.cos(phase), magnitude * jnp.sin(phase)], axis=1)
    hops = (spectrum @ basis).reshape(x.shape[0], -1, HOP)
    count = hops.shape[1]
    padded = [jnp.pad(hops[:, k], ((k, count - 1 - k), (0, 0))) for k in range(count)]
    audio = sum(padded[1:], padded[0]).ravel()
    return GAIN * audio[EDGE : audio.size - EDGE]

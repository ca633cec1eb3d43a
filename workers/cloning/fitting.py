"""The fit: a voice's AdaIN numbers moved by gradient until the decoder gives back the recordings and is taken for the speaker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from workers.cloning.d_vector_loss import d_vector_constants, d_vector_embedding
from workers.cloning.decoder import Weights, decode, split_affine, to_arrays
from workers.cloning.decoder_weights import read_decoder_weights
from workers.cloning.job import DEFAULT_STEPS
from workers.cloning.losses import Constants, speaker_constants, speaker_embedding, spectral_constants, spectral_distance
from workers.cloning.passages import Passage
from workers.kokoro.graph import read_affine_weights
from workers.kokoro.runtime import ACOUSTIC_SIZE
from workers.speakers.d_vector import D_VECTOR
from workers.speakers.ge2e import GE2E

Floats = NDArray[np.float32]
Layout = tuple[tuple[str, int], ...]
Targets = dict[str, Floats]
"""Embedding of the speaker [256] by the name of its encoder."""

RECORDED_UNITS: Final = 50
"""Window of a recording: 1.25 s. Every step has windows of the same shape, so that one compiled function serves all."""
READ_UNITS: Final = 64
"""Window of a read sentence: 1.6 s, the encoder's own."""
EMBEDDERS: Final = {GE2E.name: speaker_embedding, D_VECTOR.name: d_vector_embedding}
ENCODER_WEIGHTS: Final = {GE2E.name: 0.6, D_VECTOR.name: 0.6}
MOMENTS: Final = (0.8, 0.95)
TINY: Final = 1e-8
LARGEST_GRADIENT: Final = 5.0
WARM_UP_STEPS: Final = 5
LAST_RATE_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Settings of a fit, chosen on two speakers (facts in docs/figures.md)."""

    steps: int = DEFAULT_STEPS
    rate: float = 0.015
    """Step size of style and numbers, at its height."""
    penalty: float = 1e-3
    """Weight of the squared distance from the start."""
    style_penalty: float = 1e-2
    speaker_weight: float = 3.0
    seed: int = 0


@dataclass(slots=True)
class FitState:
    """A fit so far; what a checkpoint holds."""

    step: int
    origin: Floats
    """The style that the fit began with, [128]."""
    style: Floats
    """[128]."""
    offsets: Floats
    """[37396], added to fc(style)."""
    first: Floats
    """Adam's means of the gradient, [128 + 37396]."""
    second: Floats
    """Adam's means of its square."""

    @classmethod
    def start(cls, style: Floats, *, size: int) -> "FitState":
        """The state before the first step."""
        count = style.size + size
        style = style.astype(np.float32)
        return cls(0, style, style, np.zeros(size, np.float32), np.zeros(count, np.float32), np.zeros(count, np.float32))


class Fitter:
    """Kokoro's decoder with its gradient. One per process: it holds 500 MB, and each call uses every core."""

    def __init__(self, model: Any, *, ge2e: dict[str, NDArray[Any]], d_vector: Any) -> None:
        """model: the packaged graph; ge2e: that encoder's checkpoint; d_vector: that encoder's packaged graph. Raises GraphError."""
        affine = read_affine_weights(model)
        self.layout: Layout = affine.layout
        self._matrix = affine.matrix * affine.scale
        self._bias = affine.bias
        self._weights = to_arrays(read_decoder_weights(model))
        self._spectral = spectral_constants()
        self._speaker = {GE2E.name: speaker_constants(ge2e), D_VECTOR.name: d_vector_constants(d_vector)}
        self._reconstruct = jax.jit(jax.value_and_grad(partial(_reconstruction_loss, layout=self.layout)))
        self._impersonate = jax.jit(jax.value_and_grad(partial(_speaker_loss, layout=self.layout)))

    def affine(self, state: FitState) -> Floats:
        """The voice's AdaIN numbers [37396]."""
        numbers: Floats = state.style @ self._matrix + self._bias + state.offsets
        return numbers

    def start(self, style: Floats) -> FitState:
        """Start from a style's acoustic half [128]."""
        return FitState.start(style[:ACOUSTIC_SIZE], size=self._bias.size)

    def compile(self) -> None:
        """Compile both functions, or read them from the cache on disk."""
        inputs = _empty_inputs
        affine = self._bias
        self._reconstruct.lower(
            affine, self._weights, self._spectral, inputs(RECORDED_UNITS), np.zeros(600 * RECORDED_UNITS, np.float32)
        ).compile()
        self._impersonate.lower(
            affine, self._weights, self._speaker, inputs(READ_UNITS), {name: np.zeros(256, np.float32) for name in EMBEDDERS}
        ).compile()

    def run(
        self,
        state: FitState,
        *,
        recorded: Sequence[Passage],
        read: Sequence[Passage],
        targets: Targets,
        settings: FitSettings,
        after_step: Callable[[FitState], None] = lambda _: None,
    ) -> FitState:
        """Do the remaining steps. targets: the speaker's embeddings; after_step: called with each new state, may raise to stop.

        The windows depend on the seed and the number of the step alone, so that a continued fit ends like an uninterrupted one.
        """
        recorded = [passage.repeat_to_length(RECORDED_UNITS) for passage in recorded]
        read = [passage.repeat_to_length(READ_UNITS) for passage in read]
        while state.step < settings.steps:
            gradient = self._gradient(state, recorded=recorded, read=read, targets=targets, settings=settings)
            state = _descend(state, gradient, settings=settings, matrix=self._matrix)
            after_step(state)
        return state

    def _gradient(
        self, state: FitState, *, recorded: Sequence[Passage], read: Sequence[Passage], targets: Targets, settings: FitSettings
    ) -> Floats:
        """Gradient [37396] by the AdaIN numbers: of a recording and of a sentence that is read, in turns. Adam's mean joins the two, so that a
        step costs one pass through the decoder.
        """
        random = np.random.default_rng((settings.seed, state.step))
        affine = self.affine(state)
        if recorded and not (read and state.step % 2):
            passage, start = _draw(recorded, RECORDED_UNITS, random)
            inputs, wanted = passage.window(start, RECORDED_UNITS), passage.target(start, RECORDED_UNITS)
            return np.asarray(self._reconstruct(affine, self._weights, self._spectral, inputs, wanted)[1])
        passage, start = _draw(read, READ_UNITS, random)
        found = self._impersonate(affine, self._weights, self._speaker, passage.window(start, READ_UNITS), targets)
        return np.asarray(found[1]) * np.float32(settings.speaker_weight)


def _reconstruction_loss(
    affine: Array, weights: Weights, constants: Constants, inputs: dict[str, Array], target: Array, *, layout: Layout
) -> Array:
    return spectral_distance(decode(weights, split_affine(affine, layout), **inputs), target, constants)


def _speaker_loss(
    affine: Array, weights: Weights, constants: dict[str, Constants], inputs: dict[str, Array], targets: dict[str, Array], *, layout: Layout
) -> Array:
    """Distances by two encoders: what one alone takes for the speaker is less often him."""
    audio = decode(weights, split_affine(affine, layout), **inputs)
    distances = [ENCODER_WEIGHTS[name] * (1 - embed(audio, constants[name]) @ targets[name]) for name, embed in EMBEDDERS.items()]
    return jax.numpy.stack(distances).sum()


def _draw(passages: Sequence[Passage], units: int, random: np.random.Generator) -> tuple[Passage, int]:
    """A passage, each by its length, and the first unit of a window in it."""
    rooms = np.array([passage.units - units + 1 for passage in passages])
    place = int(random.integers(rooms.sum()))
    index = int(np.searchsorted(np.cumsum(rooms), place, side="right"))
    return passages[index], place - int(rooms[:index].sum())


def _descend(state: FitState, gradient: Floats, *, settings: FitSettings, matrix: Floats) -> FitState:
    """One step of Adam over style and offsets, with the gradient's length bounded."""
    by_style: Floats = matrix @ gradient + 2 * settings.style_penalty * (state.style - state.origin)
    by_offsets: Floats = gradient + 2 * settings.penalty * state.offsets
    whole: Floats = np.concatenate([by_style, by_offsets])
    whole *= np.float32(min(1.0, LARGEST_GRADIENT / max(TINY, float(np.linalg.norm(whole)))))
    step = state.step + 1
    first: Floats = MOMENTS[0] * state.first + (1 - MOMENTS[0]) * whole
    second: Floats = MOMENTS[1] * state.second + (1 - MOMENTS[1]) * whole**2
    rate = _rate(state.step, settings)
    change: Floats = rate * (first / (1 - MOMENTS[0] ** step)) / (np.sqrt(second / (1 - MOMENTS[1] ** step)) + TINY)
    size = state.style.size
    return FitState(step, state.origin, state.style - change[:size], state.offsets - change[size:], first, second)


def _rate(step: int, settings: FitSettings) -> np.float32:
    """A short rise, then half a cosine down to a tenth."""
    fall = LAST_RATE_SHARE + (1 - LAST_RATE_SHARE) / 2 * (1 + np.cos(np.pi * step / settings.steps))
    return np.float32(settings.rate * min(1.0, (step + 1) / WARM_UP_STEPS) * fall)


def _empty_inputs(units: int) -> dict[str, Floats]:
    shapes = {"asr": (units, 512), "f0": (2 * units,), "energy": (2 * units,), "har": (120 * units + 1, 22)}
    return {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}

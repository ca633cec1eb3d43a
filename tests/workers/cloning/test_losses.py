"""Losses of the fit: the differentiable encoder against the ONNX one, distances of equal and unequal sounds."""

import jax
import jax.numpy as jnp
import numpy as np
import onnx

from tests.workers.cloning.recordings import person
from workers.audio.encoding.resampler import resample
from workers.audio.samples import RECOGNITION_SAMPLE_RATE
from workers.cloning.d_vector_loss import d_vector_constants, d_vector_embedding
from workers.cloning.features import mel_spectrum
from workers.cloning.losses import _log_mels, speaker_constants, speaker_embedding, spectral_constants, spectral_distance
from workers.kokoro.runtime import SAMPLE_RATE
from workers.speakers.checkpoint import read_tensors
from workers.speakers.d_vector import D_VECTOR
from workers.speakers.ge2e import Ge2eEncoder

WINDOW = person()[SAMPLE_RATE : SAMPLE_RATE + 38_400]
"""1.6 s."""


def test_the_differentiable_encoder_agrees_with_the_onnx_one() -> None:
    encoder = Ge2eEncoder()
    constants = speaker_constants(read_tensors(encoder.path(), entry="model_state"))
    found = np.asarray(jax.jit(speaker_embedding)(jnp.asarray(WINDOW), constants))
    wanted = encoder.embed(WINDOW, sample_rate=SAMPLE_RATE)
    assert float(found @ wanted) > 0.97


def test_spectral_distance_grows_with_the_difference() -> None:
    constants = spectral_constants()
    half = WINDOW[:12_000]
    noise = np.random.default_rng(0).normal(0, 0.01, half.size).astype(np.float32)
    measure = jax.jit(spectral_distance)
    distances = [float(measure(jnp.asarray(half + share * noise), jnp.asarray(half), constants)) for share in (0, 1)]
    assert distances[0] < 1e-2
    assert distances == sorted(distances)


def test_differentiable_mels_are_those_of_the_analysis() -> None:
    mels = _log_mels(jnp.asarray(WINDOW), spectral_constants())
    plain = mel_spectrum(WINDOW)
    np.testing.assert_allclose(mels[0], plain[:, 2], atol=1e-3)  # frame 2 of the centred ones is the first that lies within


def test_the_differentiable_d_vector_agrees_with_the_onnx_one() -> None:
    constants = d_vector_constants(onnx.load(D_VECTOR.path()))
    shortest = WINDOW[: 79 * 240 + 600]  # one window of the encoder
    found = np.asarray(jax.jit(d_vector_embedding)(jnp.asarray(shortest), constants))
    (wanted,) = D_VECTOR.embed_windows([resample(shortest, input_rate=SAMPLE_RATE, output_rate=RECOGNITION_SAMPLE_RATE)])
    assert float(found @ wanted) > 0.94

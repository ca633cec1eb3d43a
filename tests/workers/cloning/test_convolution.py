"""Convolutions of the fit against XLA's own, forward and by their gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array, lax

from workers.cloning.convolution import convolve, convolve_spectrally, spectral_kernel
from workers.cloning.decoder import _cosine, _snake

RANDOM = np.random.default_rng(0)


def plain(x: Array, kernel: Array, dilation: int) -> Array:
    reach = dilation * (len(kernel) - 1) // 2
    return lax.conv_general_dilated(
        x[None], kernel, (1,), [(reach, reach)], rhs_dilation=(dilation,), dimension_numbers=("NHC", "HIO", "NHC")
    )[0]


@pytest.mark.parametrize(("frames", "taps", "dilation"), [(61, 7, 1), (19, 11, 3)])
def test_a_spectral_convolution_is_the_plain_one_with_its_gradient(frames: int, taps: int, dilation: int) -> None:
    x = jnp.asarray(RANDOM.normal(size=(frames, 3)), jnp.float32)
    kernel = RANDOM.normal(size=(taps, 3, 4)).astype(np.float32)
    real, imaginary = map(jnp.asarray, spectral_kernel(kernel))
    wanted, pull_back = jax.vjp(lambda x: plain(x, jnp.asarray(kernel), dilation), x)
    found, pull_back_spectral = jax.vjp(lambda x: convolve_spectrally(x, real, imaginary, taps=taps, dilation=dilation), x)
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    np.testing.assert_allclose(pull_back_spectral(wanted)[0], pull_back(wanted)[0], atol=1e-4)


def test_a_plain_convolution_has_the_gradient_that_jax_derives() -> None:
    x = jnp.asarray(RANDOM.normal(size=(40, 3)), jnp.float32)
    kernel = RANDOM.normal(size=(3, 3, 4)).astype(np.float32)
    backward = jnp.asarray(kernel[::-1].transpose(0, 2, 1))
    wanted, pull_back = jax.vjp(lambda x: plain(x, jnp.asarray(kernel), 3), x)
    found, pull_back_frozen = jax.vjp(lambda x: convolve(x, jnp.asarray(kernel), backward, 3), x)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    np.testing.assert_allclose(pull_back_frozen(wanted)[0], pull_back(wanted)[0], atol=1e-5)


def test_the_cosine_of_turns_is_exact_to_a_millionth() -> None:
    turns = np.linspace(-3, 3, 10_001).astype(np.float32)
    np.testing.assert_allclose(_cosine(jnp.asarray(turns)), np.cos(2 * np.pi * turns.astype(np.float64)), atol=2e-6)


def test_snake_and_its_gradient_are_those_of_its_formula() -> None:
    x, alpha = np.linspace(-4, 4, 200).reshape(50, 4).astype(np.float32), np.array([0.3, 1.0, 2.5, 7.0], np.float32)
    value, pull_back = jax.vjp(lambda x: _snake(x, jnp.asarray(alpha)), jnp.asarray(x))
    np.testing.assert_allclose(value, x + np.sin(alpha * x) ** 2 / alpha, atol=1e-5)
    np.testing.assert_allclose(pull_back(jnp.ones_like(value))[0], 1 + np.sin(2 * alpha * x), atol=1e-4)

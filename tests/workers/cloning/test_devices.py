"""Device of a fit, chosen through JAX itself; here it has no card."""

import logging

import jax
import pytest

from workers.cloning.devices import choose_device, jax_environment


@pytest.mark.parametrize("device", ["", "cpu"])
def test_worker_without_a_card_fits_on_the_processor(device: str) -> None:
    assert jax_environment({"TTSAI_DEVICE": device}) == {"JAX_PLATFORMS": "cpu"}
    assert choose_device({"TTSAI_DEVICE": device}).platform == "cpu"


@pytest.mark.parametrize("device", ["cuda", "cuda:1"])
def test_worker_on_a_card_shares_its_memory_and_falls_back_to_the_processor(device: str, caplog: pytest.LogCaptureFixture) -> None:
    assert jax_environment({"TTSAI_DEVICE": device}) == {"JAX_PLATFORMS": "", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    if any(found.platform == "gpu" for found in jax.devices()):
        pytest.skip("this machine has a card")
    with caplog.at_level(logging.WARNING):
        assert choose_device({"TTSAI_DEVICE": device}).platform == "cpu"
    assert f"device={device}" in caplog.text


def test_chosen_device_is_the_one_that_arrays_are_made_on() -> None:
    with jax.default_device(choose_device({"TTSAI_DEVICE": "cuda:7"})):
        (used,) = jax.numpy.ones(3).devices()
    assert used.platform == jax.devices()[0].platform

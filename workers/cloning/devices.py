"""Device of the gradient: the worker's card if JAX finds it, otherwise the processor."""

import logging
import os
from collections.abc import Mapping
from typing import Any

from workers.parallelism import DEVICE_VARIABLE

logger = logging.getLogger(__name__)


def is_card_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """True if the worker runs on a card."""
    return environment.get(DEVICE_VARIABLE, "").startswith("cuda")


def jax_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables that JAX reads at its first import.

    On a card it shares the memory with the worker's engines, so it must not reserve three quarters of it. JAX_PLATFORMS stays empty there: then
    a card that cannot be used leaves the processor, instead of an error.
    """
    if is_card_wanted(environment):
        return {"JAX_PLATFORMS": "", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    return {"JAX_PLATFORMS": "cpu"}


def choose_device(environment: Mapping[str, str] = os.environ) -> Any:
    """JAX's device for the fit. A card that JAX does not find is logged, and the processor is used."""
    import jax

    if is_card_wanted(environment):
        wanted = environment[DEVICE_VARIABLE]
        index = wanted.partition(":")[2]
        try:
            return jax.devices("gpu")[int(index) if index.isdecimal() else 0]
        except (RuntimeError, IndexError) as error:
            logger.warning("fit_without_card device=%s error=%s", wanted, error)
    return jax.devices("cpu")[0]

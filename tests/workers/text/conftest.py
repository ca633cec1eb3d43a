"""Fixtures for the tests of linear time."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _small_heap() -> Iterator[None]:
    """The garbage collector leaves alone what earlier tests of this process left: it would be counted as the text's cost."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()

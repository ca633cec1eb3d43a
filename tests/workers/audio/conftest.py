"""A real voice to join."""

import pytest

from workers.engines.hibari import HibariEngine


@pytest.fixture(scope="session")
def hibari() -> HibariEngine:
    """Hibari with its weights."""
    engine = HibariEngine()
    engine.load()
    return engine

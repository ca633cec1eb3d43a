"""Real voice for joins."""

import pytest

from workers.engines.hibari import HibariEngine


@pytest.fixture(scope="session")
def hibari() -> HibariEngine:
    engine = HibariEngine()
    engine.load()
    return engine

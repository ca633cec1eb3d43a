"""Loaded engines and a listener, once for each test process."""

import io
import wave
from collections.abc import Callable

import numpy as np
import pytest

from tests.flows.listening import Listener
from workers.engines.base import Spoken
from workers.engines.hibari import HibariEngine
from workers.engines.kokoro import KokoroEngine


@pytest.fixture(scope="session")
def kokoro() -> KokoroEngine:
    """Kokoro with its weights."""
    engine = KokoroEngine()
    engine.load()
    return engine


@pytest.fixture(scope="session")
def hibari() -> HibariEngine:
    """Hibari with its weights."""
    engine = HibariEngine()
    engine.load()
    return engine


@pytest.fixture(scope="session")
def error_rate() -> Callable[[Spoken, str], float]:
    """The word error rate of some speech against its text."""
    listener = Listener()
    return lambda spoken, text: listener.word_error_rate(_as_wav(spoken), text)


def _as_wav(spoken: Spoken) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, spoken.sample_rate, 0, "NONE", ""))
        wav.writeframes((spoken.samples * 32767).clip(-32768, 32767).astype("<i2").tobytes())
    return file.getvalue()


def loudness_between(spoken: Spoken, start: float, end: float) -> float:
    """Root mean square of the sound between two times in seconds."""
    part = spoken.samples[round(start * spoken.sample_rate) : round(end * spoken.sample_rate)]
    return float(np.sqrt(np.mean(part * part, dtype=np.float64)))

"""Loaded engines and a recogniser, once per test process."""

import io
import wave
from collections.abc import Callable

import numpy as np
import pytest

from tests.flows.listening import Listener
from tests.workers.voices import voice_ref
from workers.audio.encoding import Resampler
from workers.audio.joins import find_sound
from workers.audio.samples import SynthesisedAudio
from workers.engines.hibari import HibariEngine
from workers.engines.kokoro import KokoroEngine
from workers.kokoro.runtime import KokoroRuntime


@pytest.fixture(scope="session")
def kokoro(kokoro_runtime: KokoroRuntime) -> KokoroEngine:
    engine = KokoroEngine()
    engine.load()
    return engine


@pytest.fixture(scope="session")
def hibari() -> HibariEngine:
    engine = HibariEngine()
    engine.load()
    return engine


@pytest.fixture(scope="session")
def error_rate() -> Callable[[SynthesisedAudio, str], float]:
    """Word error rate of speech against its text."""
    listener = Listener()
    return lambda spoken, text: listener.word_error_rate(_as_wav(spoken), text)


def _as_wav(spoken: SynthesisedAudio) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setparams((1, 2, spoken.sample_rate, 0, "NONE", ""))
        wav.writeframes((spoken.samples * 32767).clip(-32768, 32767).astype("<i2").tobytes())
    return file.getvalue()


def loudness_between(spoken: SynthesisedAudio, start: float, end: float) -> float:
    """Root mean square between two times in seconds."""
    part = spoken.samples[round(start * spoken.sample_rate) : round(end * spoken.sample_rate)]
    return float(np.sqrt(np.mean(part * part, dtype=np.float64)))


def sounding_seconds(spoken: SynthesisedAudio) -> float:
    """Seconds from the first to the last sound."""
    first, end = find_sound(spoken.samples, sample_rate=spoken.sample_rate) or (0, 0)
    return (end - first) / spoken.sample_rate


def median_pitch(spoken: SynthesisedAudio) -> float:
    """Median pitch in Hz of the voiced frames, by autocorrelation between 60 and 400 Hz."""
    size, step = round(0.04 * spoken.sample_rate), round(0.01 * spoken.sample_rate)
    shortest, longest = spoken.sample_rate // 400, spoken.sample_rate // 60
    frames = np.lib.stride_tricks.sliding_window_view(spoken.samples, size)[::step].astype(np.float64)
    powers = (frames**2).mean(axis=1)
    pitches = []
    for frame in frames[powers > powers.max() / 30]:
        spectrum = np.fft.rfft(frame - frame.mean(), 2 * size)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)[:longest]
        lag = shortest + int(np.argmax(correlation[shortest:]))
        if correlation[lag] > 0.5 * correlation[0]:
            pitches.append(spoken.sample_rate / lag)
    return float(np.median(pitches))


HEARD_IN_SPANISH = "El tiempo es muy agradable hoy y vamos a la playa."


@pytest.fixture(scope="session")
def spanish(kokoro: KokoroEngine) -> np.ndarray:
    """Spanish sentence at 16 kHz."""
    spoken = kokoro.speak(HEARD_IN_SPANISH, voice=voice_ref(kokoro, "ef_dora"), language="es", speed=1.0)
    resampler = Resampler(input_rate=spoken.sample_rate, output_rate=16_000)
    return np.concatenate([resampler.feed(spoken.samples), resampler.finish()])

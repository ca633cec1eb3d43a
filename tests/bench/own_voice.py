"""Own voice against stock voice in one run: CPU seconds for a second of audio, and what the own voice needs before it speaks."""

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from tests.bench.speed import SENTENCES
from workers.contract.references import Address
from workers.contract.voices import VoiceRef
from workers.engines.kokoro_clone import KokoroCloneEngine
from workers.kokoro.voice_file import AFFINE_SIZE, KokoroVoice

T = TypeVar("T")

VOICE = "af_heart"
ROUNDS = 3
MINE = VoiceRef("mine", "en-us", engine="kokoro-clone", version="1", conditioning=Address("folder", "mine"))
STOCK = VoiceRef(VOICE, "en-us", engine="kokoro")


def measure_own_voice(*, rounds: int = ROUNDS) -> dict[str, float]:
    """Ratio of CPU time, own voice to stock voice, sentence by sentence in turn; seconds to load and to read a voice, and memory."""
    engine = KokoroCloneEngine()
    started, before = time.perf_counter(), _resident_megabytes()
    engine.load()
    load_seconds, loaded_megabytes = time.perf_counter() - started, _resident_megabytes() - before
    affine = np.random.default_rng(0).normal(0, 0.1, AFFINE_SIZE).astype(np.float32)
    file = KokoroVoice({VOICE: 1.0}, {VOICE: 1.0}, affine, (math.log(120.0), 0.2)).to_bytes()
    read_seconds, own = _timed(lambda: engine.read_voice(file, voice=MINE))
    engine.speak(SENTENCES[0], voice=STOCK, language="", speed=1.0)  # the first run allocates
    stock_cpu = own_cpu = audio_seconds = 0.0
    for sentence in SENTENCES * rounds:
        seconds, spoken = _timed(partial(engine.speak, sentence, voice=STOCK, language="", speed=1.0))
        stock_cpu += seconds
        own_cpu += _timed(partial(engine.speak_as, own, sentence, voice=MINE, language="", speed=1.0))[0]
        audio_seconds += len(spoken.samples) / spoken.sample_rate
    return {
        "own_voice_cpu_ratio": own_cpu / stock_cpu,
        "own_voice_cpu_per_second": own_cpu / audio_seconds,
        "stock_voice_cpu_per_second": stock_cpu / audio_seconds,
        "own_voice_read_cpu_seconds": read_seconds,
        "own_voice_file_kilobytes": len(file) / 1000,
        "kokoro_load_seconds": load_seconds,
        "kokoro_loaded_megabytes": loaded_megabytes,
    }


def _timed(call: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of the call, which computes in this thread, and its result."""
    started = time.thread_time()
    result = call()
    return time.thread_time() - started, result


def _resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

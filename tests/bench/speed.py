"""Throughput, added latency and health check latency: the platform against the bare model, in turn, in one run."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from tests.bench.probe import HealthProbe
from tests.flows.running import RunningPlatform
from tests.workers.voices import voice_ref
from workers.parallelism import allowing
from workers.protocols.engine import Engine

SENTENCES = (
    "The first train leaves before sunrise, and the last one returns after midnight.",
    "Nobody in the village remembered who had planted the old walnut tree.",
    "A thin layer of ice covered the pond behind the school.",
    "The engineer checked every bolt, then checked them all again.",
    "The report says that rainfall has doubled since the spring.",
    "He opened the window, but the room stayed just as warm.",
)
TEXTS = [" ".join((*SENTENCES[first:], *SENTENCES[:first])) for first in range(len(SENTENCES))]
"""Permutations of the same sentences: identical concurrent requests would be one job."""
NO_CACHE = {"Cache-Control": "no-store"}
"""Header of requests whose result must be computed."""
SHORT = "Number {}, fresh snow makes the street sound different."
"""One sentence: the platform would compute two in parallel."""
ROUNDS = 3
REQUESTS_A_ROUND = len(TEXTS)
PARALLEL_REQUESTS = 4
SHORT_REQUESTS = 25
VOICE = "af_heart"


def bare_throughput(engine: Engine) -> float:
    """Audio seconds per second of the model alone, one thread per core."""
    started = time.perf_counter()
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        total = sum(pool.map(lambda text: _speak_bare(engine, text), TEXTS))
    return total / (time.perf_counter() - started)


def _speak_bare(engine: Engine, text: str) -> float:
    """Duration of the audio."""
    spoken = (
        engine.speak(sentence.text, voice=voice_ref(engine, VOICE), language="en", speed=1.0)
        for sentence in engine.split(text, language="en")
    )
    return sum(len(one.samples) / one.sample_rate for one in spoken)


def platform_throughput(platform: RunningPlatform, key: str, *, model_seconds_a_text: float) -> float:
    """Model seconds per second of the platform with parallel requests, in the same units as the bare model's."""

    def request(text: str) -> None:
        with platform.client(key) as client:
            body = {"model": "kokoro", "input": text, "voice": VOICE}
            client.post("/v1/audio/speech", json=body, headers=NO_CACHE).raise_for_status()

    started = time.perf_counter()
    with ThreadPoolExecutor(PARALLEL_REQUESTS) as pool:
        list(pool.map(request, TEXTS))
    return model_seconds_a_text * REQUESTS_A_ROUND / (time.perf_counter() - started)


def measure_throughput(platform: RunningPlatform, key: str, engine: Engine) -> dict[str, float]:
    """Measure both in turn; the median of the ratios, and the health check latency meanwhile."""
    model_seconds = _speak_bare(engine, TEXTS[0])
    ratios, health = [], []
    for _ in range(ROUNDS):
        bare = bare_throughput(engine)
        with HealthProbe(f"{platform.url}/v1/health/") as probe:
            ours = platform_throughput(platform, key, model_seconds_a_text=model_seconds)
        health += probe.seconds
        ratios.append(ours / bare)
        print(f"  bare {bare:.2f}, platform {ours:.2f} audio seconds a second: {ours / bare:.3f}", flush=True)
    return {
        "throughput_ratio": statistics.median(ratios),
        "health_p50_ms": percentile(health, 50) * 1000,
        "health_p99_ms": percentile(health, 99) * 1000,
    }


def measure_latency(platform: RunningPlatform, key: str, engine: Engine) -> dict[str, float]:
    """Send one short request after the other, to the bare model with all cores and to the platform in turn."""
    bare, ours = [], []
    with platform.client(key) as client:
        for number in range(SHORT_REQUESTS + 3):
            text = SHORT.format(number)
            body = {"model": "kokoro", "input": text, "voice": VOICE, "response_format": "wav"}
            started = time.perf_counter()
            with allowing(lambda: (cpu_count() or 1) - 1):
                _speak_bare(engine, text)
            middle = time.perf_counter()
            client.post("/v1/audio/speech", json=body, headers=NO_CACHE).raise_for_status()
            if number >= 3:
                bare.append(middle - started)
                ours.append(time.perf_counter() - middle)
    differences = [mine - theirs for mine, theirs in zip(ours, bare, strict=True)]
    return {
        "bare_p50_ms": statistics.median(bare) * 1000,
        "platform_p50_ms": statistics.median(ours) * 1000,
        "short_alone_ratio": statistics.median(ours) / statistics.median(bare),
        "added_latency_p50_ms": statistics.median(differences) * 1000,
    }


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]

"""`make bench`: throughput of speech and transcription, added latency, health under load, cost of a request. Run it on an idle machine."""

import json
import operator
import os
import sys
import tempfile
from pathlib import Path

import django

from tests.bench.cache import measure_cache
from tests.bench.cost import measure_cost
from tests.bench.decoder import measure_worker_cpu
from tests.bench.fairness import measure_fairness
from tests.bench.own_voice import measure_own_voice
from tests.bench.sockets import measure_many_sockets
from tests.bench.speed import measure_latency, measure_throughput
from tests.bench.streams import measure_first_bytes, measure_idle_streams, measure_many_listeners
from tests.bench.transcription import measure_transcription
from tests.environment import use_clean_environment
from tests.flows.running import ROOT, RunningPlatform
from workers.protocols.engine import Engine
from workers.registry import available_engines

AIMS = {
    "throughput_ratio": "at least 0.95",
    "worker_cpu_ratio": "at most 0.42",
    "added_latency_p50_ms": "under 60",
    "health_p99_ms": "under 50",
    "cpu_ratio": "at most 2",
    "transcription_ratio": "at least 0.95",
    "own_voice_cpu_ratio": "at most 1.03",
    "cache_hit_p50_ms": "under 50",
    "cache_miss_added_ms": "under 5",
    "sentence_miss_ms": "under 1",
    "live_behind_long_text_ratio": "at most 1.5",
    "live_beside_recording_ratio": "at most 1.5",
    "bulk_share_beside_live": "above 0.05",
    "stream_added_ms": "at most 50",
    "short_stream_added_ms": "at most 50",
    "listeners_last_first_byte_ratio": "at most 1.2",
    "idle_streams_added_ms": "under 10",
    "livez_saturated_p99_ms": "under 20",
    "sockets_last_first_byte_ratio": "at most 1.3",
    "page_kilobytes": "under 300",
    "page_p95_ms": "under 100",
    "first_paint_ms": "under 1000",
}


COMPARISONS = {"at least": operator.ge, "at most": operator.le, "under": operator.lt, "above": operator.gt}


def main() -> None:
    """Run the benchmarks named in the arguments (speed, cost, transcription, fairness, own_voice, cache, streams, pages), or all.

    The exit status is 1 if an aim is missed.
    """
    use_clean_environment()
    wanted = set(sys.argv[1:]) or {"fairness", "speed", "cost", "transcription", "own_voice", "cache", "streams", "pages"}
    figures: dict[str, float] = {}
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "var") as folder:
        if "speed" in wanted:
            figures |= _speed(Path(folder) / "speed")
        if "cost" in wanted:
            figures |= _cost(Path(folder) / "cost")
        if "transcription" in wanted:
            figures |= _transcription(Path(folder) / "transcription")
        if "cache" in wanted:
            figures |= _cache(Path(folder) / "cache")
        if "pages" in wanted:
            figures |= _pages(Path(folder) / "pages")
        if "fairness" in wanted:
            figures |= _fairness(Path(folder) / "fairness")
        if "own_voice" in wanted:
            figures |= measure_own_voice()
        if "streams" in wanted:
            figures |= _streams(Path(folder) / "streams") | _idle_streams(Path(folder) / "idle")
    sys.exit(report(figures))


def report(figures: dict[str, float]) -> int:
    """Print the figures beside their aims, and all as JSON; return the exit status, 1 if an aim is missed."""
    missed = {name for name, value in figures.items() if name in AIMS and not is_met(value, AIMS[name])}
    for name, value in figures.items():
        aim = f"   aim: {AIMS[name]:15} {'MISSED' if name in missed else 'met'}" if name in AIMS else ""
        print(f"{name:32} {value:10.3f}{aim}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return int(bool(missed))


def is_met(value: float, aim: str) -> bool:
    """Compare a figure with its aim, such as "at most 1.3"."""
    words, _, bound = aim.rpartition(" ")
    return COMPARISONS[words](value, float(bound))


def _speed(home: Path) -> dict[str, float]:
    platform = RunningPlatform(home=home, environment={"TTSAI_ENGINES": "kokoro"}).start()
    try:
        key = platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=100_000, concurrent=100)
        engine = _kokoro()
        return measure_worker_cpu(platform, key) | measure_latency(platform, key, engine) | measure_throughput(platform, key, engine)
    finally:
        platform.stop()


def _cost(home: Path) -> dict[str, float]:
    platform = RunningPlatform(home=home, environment={"TTSAI_ENGINES": "silence", "TTSAI_PRELOAD": ""}).start()
    try:
        return measure_cost(
            platform, platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=1_000_000, concurrent=100_000)
        )
    finally:
        platform.stop()


def _cache(home: Path) -> dict[str, float]:
    environment = {"TTSAI_ENGINES": "silence", "TTSAI_PRELOAD": "", "TTSAI_CACHE": "on"}
    platform = RunningPlatform(home=home, environment=environment).start()
    try:
        limits = {"requests_per_minute": 1_000_000, "concurrent": 100_000}
        return measure_cache(platform, platform.key_by_command("bench@example.com", credits_=100_000, **limits))
    finally:
        platform.stop()


def _pages(home: Path) -> dict[str, float]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "ttsai.settings"
    django.setup()
    from tests.bench.pages import measure_pages  # its pages are those of the URL configuration

    platform = RunningPlatform(home=home, environment={"TTSAI_ENGINES": "silence", "TTSAI_PRELOAD": ""}).start()
    try:
        platform.key_by_command("bench@example.com", credits_=100_000)
        return measure_pages(platform, email="bench@example.com")
    finally:
        platform.stop()


def _transcription(home: Path) -> dict[str, float]:
    platform = RunningPlatform(home=home, environment={"TTSAI_ENGINES": "whisper", "TTSAI_PRELOAD": "whisper"}).start()
    try:
        key = platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=100_000, concurrent=100)
        return measure_transcription(platform, key)
    finally:
        platform.stop()


def _fairness(home: Path) -> dict[str, float]:
    environment = {"TTSAI_ENGINES": "kokoro,whisper", "TTSAI_PRELOAD": "kokoro,whisper"}
    platform = RunningPlatform(home=home, environment=environment).start()
    try:
        key = platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=100_000, concurrent=100)
        return measure_fairness(platform, key)
    finally:
        platform.stop()


def _streams(home: Path) -> dict[str, float]:
    platform = RunningPlatform(home=home, environment={"TTSAI_ENGINES": "kokoro"}).start()
    try:
        key = platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=100_000, concurrent=100)
        engine = _kokoro()
        return (
            measure_first_bytes(platform, key, engine)
            | measure_many_listeners(platform, key, engine)
            | measure_many_sockets(platform, key, engine)
        )
    finally:
        platform.stop()


def _idle_streams(home: Path) -> dict[str, float]:
    environment = {"TTSAI_ENGINES": "silence", "TTSAI_PRELOAD": "", "TTSAI_SILENCE_COMPUTE_SECONDS": "600"}
    platform = RunningPlatform(home=home, environment=environment).start()
    try:
        key = platform.key_by_command("bench@example.com", credits_=100_000, requests_per_minute=100_000, concurrent=100)
        return measure_idle_streams(platform, key)
    finally:
        platform.stop()


def _kokoro() -> Engine:
    engine = next(engine for engine in available_engines({}) if engine.spec.id == "kokoro")
    engine.load()
    return engine


if __name__ == "__main__":
    main()

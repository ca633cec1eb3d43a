"""Milliseconds of a repeated request, of the lookup that finds nothing, and of a sentence's lookup on a worker."""

import statistics
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

from tests.flows.following import wait_until
from tests.flows.running import RunningPlatform
from workers.audio.samples import SynthesisedAudio
from workers.sentence_cache import SentenceCache, SentenceKey

REQUESTS = 100
SENTENCES = 200
TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
PATH = "/v1/tts/"


def measure_cache(platform: RunningPlatform, key: str) -> dict[str, float]:
    """The platform runs the silent engine with the cache on."""
    with platform.client(key) as client:
        hits = _hit_milliseconds(client)
        stored, unstored = [], []
        for number in range(REQUESTS):
            stored.append(_milliseconds(client, {"text": f"{TEXT} {number}", "model": "silence"}))
            unstored.append(_milliseconds(client, {"text": f"{TEXT} {number}!", "model": "silence"}, **{"Cache-Control": "no-store"}))
    return {
        "cache_hit_p50_ms": statistics.median(hits),
        "cache_hit_p95_ms": statistics.quantiles(hits, n=20)[-1],
        "cache_miss_added_ms": statistics.median(stored) - statistics.median(unstored),
        **_sentence_milliseconds(),
    }


def _hit_milliseconds(client: httpx.Client) -> list[float]:
    """Repeated requests for the audio itself, over a connection that is open."""
    body = {"input": TEXT, "model": "silence", "response_format": "mp3"}
    # The entry is written with the end of the first job, which may come after its audio.
    wait_until(lambda: client.post("/v1/audio/speech", json=body).headers.get("X-Cache") == "hit", seconds=20)
    milliseconds = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        answer = client.post("/v1/audio/speech", json=body)
        milliseconds.append((time.perf_counter() - started) * 1000)
        if answer.headers.get("X-Cache") != "hit":
            raise RuntimeError(f"no hit: {answer.status_code} {answer.headers}")
    return milliseconds


def _milliseconds(client: httpx.Client, body: dict[str, str], **headers: str) -> float:
    started = time.perf_counter()
    client.post(PATH, json=body, headers=headers).raise_for_status()
    return (time.perf_counter() - started) * 1000


def _sentence_milliseconds() -> dict[str, float]:
    """Cost of a sentence of 3 s that is missing (lookup, and the hand-over to the writer), and of one that is found."""
    spoken = SynthesisedAudio(np.random.default_rng(1).standard_normal(72_000).astype(np.float32), 24_000)
    missed, found = [], []
    with tempfile.TemporaryDirectory(prefix="sentences-") as folder:
        cache = SentenceCache(Path(folder), most_bytes=500_000_000, reserve_bytes=0)
        cache.start()
        for number in range(SENTENCES):
            started = time.perf_counter()
            key = SentenceKey.of(tenant="account:1", voice="af_bella", engine="kokoro", content=[TEXT, number])
            cache.find(key)
            cache.keep(key, spoken, kept_seconds=86400, asked_at=time.time())
            missed.append((time.perf_counter() - started) * 1000)
            cache.finish_writing()
            started = time.perf_counter()
            cache.find(key)
            found.append((time.perf_counter() - started) * 1000)
    return {"sentence_miss_ms": statistics.median(missed), "sentence_hit_ms": statistics.median(found)}

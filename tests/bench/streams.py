"""Streams: the first byte against the bare model, many listeners at once, idle event streams, and /livez meanwhile."""

import json
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from os import cpu_count
from typing import Final

import httpx
import redis

from tests.bench.probe import HealthProbe
from tests.bench.speed import SENTENCES, VOICE, percentile
from tests.flows.following import wait_for_end
from tests.flows.running import RunningPlatform
from tests.workers.voices import voice_ref
from workers.contract.messages import SpeakWork
from workers.contract.names import job_stream
from workers.parallelism import allowing
from workers.protocols.engine import Engine
from workers.text.script import Utterance, write_script
from workers.text.short_start import with_short_start

ROUNDS: Final = 9
LISTENERS: Final = 20
IDLE_STREAMS: Final = 200
EVENTS: Final = 200
LONG: Final = " ".join((*SENTENCES, *SENTENCES))[:900]
SHORT: Final = "Fresh snow makes the street sound different."
CORES: Final = cpu_count() or 1
NO_CACHE: Final = {"Cache-Control": "no-store"}


def measure_first_bytes(platform: RunningPlatform, key: str, engine: Engine) -> dict[str, float]:
    """First bytes of a long and a short text after the bare model's first piece, in turn: medians of the differences."""
    figures = {}
    with platform.client(key) as client:
        for name, text in (("stream", LONG), ("short_stream", SHORT)):
            pairs = [
                (_bare_seconds(engine, f"Round {number}, {text}", threads=CORES), _first_byte_alone(client, f"Round {number}, {text}"))
                for number in range(ROUNDS)
            ]
            figures[f"{name}_first_byte_ms"] = statistics.median(ours for _, ours in pairs) * 1000
            figures[f"{name}_added_ms"] = statistics.median(ours - bare for bare, ours in pairs) * 1000
    return figures


def measure_many_listeners(platform: RunningPlatform, key: str, engine: Engine) -> dict[str, float]:
    """Last first byte of many listeners against a scheduler that speaks nothing but their first pieces, one on each core; /livez meanwhile."""
    texts = [f"Listener {number}, {LONG}" for number in range(LISTENERS)]
    ideal_seconds = seconds_on_all_cores(engine, texts)
    with ExitStack() as stack, HealthProbe(f"{platform.url}/livez") as probe, ThreadPoolExecutor(LISTENERS) as pool:
        clients = [stack.enter_context(platform.client(key)) for _ in texts]
        seconds = list(pool.map(_first_byte, clients, texts))
    return {
        "listeners_last_first_byte_ratio": max(seconds) / ideal_seconds,
        "livez_saturated_p99_ms": percentile(probe.seconds, 99) * 1000,
    }


def measure_idle_streams(platform: RunningPlatform, key: str) -> dict[str, float]:
    """Delay of an event to its watcher, with many idle event streams and without. The platform's engine is slow silence."""
    with platform.client(key) as client:
        jobs = [client.post("/v1/tts/", json={"model": "silence", "text": f"Text number {number}."}).json()["uuid"] for number in range(12)]
        alone = _event_seconds(platform, client, jobs[0])
        with ExitStack() as stack:
            for number in range(IDLE_STREAMS):
                stack.enter_context(_watching(platform, key, jobs[1 + number % 10]))
            among_many = _event_seconds(platform, client, jobs[11])
    return {"event_p50_ms": alone * 1000, "idle_streams_added_ms": (among_many - alone) * 1000}


def _first_piece(engine: Engine, text: str) -> Utterance:
    work = SpeakWork(engine=engine.spec.id, voice=voice_ref(engine, VOICE), text=text, language="en-us")
    return with_short_start(write_script(work, engine=engine), pause_scale=1.0).utterances[0]


def _bare_seconds(engine: Engine, text: str, *, threads: int) -> float:
    """Seconds of the bare model for the first piece of a text, on so many threads."""
    piece = _first_piece(engine, text)
    started = time.perf_counter()
    _speak_piece(engine, piece, threads=threads)
    return time.perf_counter() - started


def _speak_piece(engine: Engine, piece: Utterance, *, threads: int) -> None:
    with allowing(lambda: threads - 1):
        engine.speak(piece.spoken.text, voice=piece.settings.voice, language=piece.settings.language, speed=1.0)


def _first_byte_alone(client: httpx.Client, text: str) -> float:
    """Seconds to the first byte; returns once nothing more is computed for it."""
    uuids: list[str] = []
    seconds = _first_byte(client, text, uuids=uuids)
    wait_for_end(client, uuids[0])
    return seconds


def _first_byte(client: httpx.Client, text: str, *, uuids: list[str] | None = None) -> float:
    """Seconds to the first byte; the listener leaves then. uuids: gets the job's."""
    body = {"model": "kokoro", "text": text, "voice": VOICE, "format": "mp3", "stream": True}
    started = time.perf_counter()
    with client.stream("POST", "/v1/tts/", json=body, headers=NO_CACHE) as response:
        response.raise_for_status()
        next(response.iter_raw())
        seconds = time.perf_counter() - started
        if uuids is not None:
            uuids.append(response.headers["x-job-id"])
    return seconds


def seconds_on_all_cores(engine: Engine, texts: Sequence[str]) -> float:
    """Seconds of the bare model for the first pieces of texts, as many at once as there are cores, which slow each other down."""
    pieces = [_first_piece(engine, text) for text in texts]
    started = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(lambda piece: _speak_piece(engine, piece, threads=1), pieces))
    return time.perf_counter() - started


@contextmanager
def _watching(platform: RunningPlatform, key: str, job: str) -> Iterator[httpx.Response]:
    with platform.client(key) as client, client.stream("GET", f"/v1/jobs/{job}/events/") as response:
        response.raise_for_status()
        yield response


def _event_seconds(platform: RunningPlatform, client: httpx.Client, job: str) -> float:
    """Median seconds from the writing of an event to its arrival."""
    delays: list[float] = []
    has_arrived = threading.Semaphore(0)

    def watch(response: httpx.Response) -> None:
        for line in response.iter_lines():
            sent_at = json.loads(line[6:]).get("sent_at") if line.startswith("data: ") else None
            if sent_at is not None:
                delays.append(time.perf_counter() - sent_at)
                has_arrived.release()
                if len(delays) == EVENTS:
                    return

    with redis.Redis.from_url(platform.instance()["redis_url"]) as valkey, client.stream("GET", f"/v1/jobs/{job}/events/") as response:
        watcher = threading.Thread(target=watch, args=(response,))
        watcher.start()
        for _ in range(EVENTS):
            valkey.xadd(job_stream(job), {"data": json.dumps({"type": "progress", "sent_at": time.perf_counter()})})
            has_arrived.acquire()
        watcher.join()
    return statistics.median(delays)

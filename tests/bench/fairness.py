"""Fairness: the first byte of a short live request while others compute, against its time alone, and the share that bulk work keeps."""

import io
import itertools
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import soundfile

from tests.bench.speed import SENTENCES, SHORT, VOICE
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import LIBRIVOX, clips

LONG_CHARACTERS = 20_000
RECORDING_SECONDS = 140
REQUESTS = 7
NUMBERS = itertools.count(1000)


def measure_fairness(platform: RunningPlatform, key: str) -> dict[str, float]:
    """Medians of short requests alone, behind a long text, and beside a recording that is transcribed."""
    with platform.client(key) as client:
        _first_bytes(client, count=3)  # the model is loaded, and its first run is slow
        alone = _first_bytes(client, count=REQUESTS)
        with _long_text(client) as uuid:
            before, started = _characters_done(client, uuid), time.perf_counter()
            behind = _first_bytes(client, count=REQUESTS)
            busy_rate = (_characters_done(client, uuid) - before) / (time.perf_counter() - started)
            before, started = _characters_done(client, uuid), time.perf_counter()
            time.sleep(20)
            free_rate = (_characters_done(client, uuid) - before) / (time.perf_counter() - started)
        with _transcription(platform, key):
            beside = _first_bytes(client, count=REQUESTS)
        again = _first_bytes(client, count=REQUESTS)
    solo = statistics.median([*alone, *again])
    print(f"  alone {solo:.2f} s, behind a long text {_shown(behind)}, beside a recording {_shown(beside)}", flush=True)
    return {
        "live_behind_long_text_ratio": statistics.median(behind) / solo,
        "live_beside_recording_ratio": statistics.median(beside) / solo,
        "bulk_share_beside_live": busy_rate / max(free_rate, 1e-9),
    }


def _first_bytes(client: httpx.Client, *, count: int) -> list[float]:
    """Seconds until the first byte of each of some short requests, one after the other."""
    seconds = []
    for _ in range(count):
        body = {"model": "kokoro", "input": SHORT.format(next(NUMBERS)), "voice": VOICE, "response_format": "wav"}
        started = time.perf_counter()
        with client.stream("POST", "/v1/audio/speech", json=body) as answer:
            chunks = answer.raise_for_status().iter_raw()
            next(chunks)
            seconds.append(time.perf_counter() - started)
            for _ in chunks:
                pass
    return seconds


@contextmanager
def _long_text(client: httpx.Client) -> Iterator[str]:
    """Text in progress, which is cancelled at the end of the block."""
    sentences = (f"Number {number}: {SENTENCES[number % len(SENTENCES)]}" for number in itertools.count())
    text = ""
    while len(text) < LONG_CHARACTERS:
        text += f"{next(sentences)} "
    uuid = client.post("/v1/tts/", json={"model": "kokoro", "text": text, "voice": VOICE}).raise_for_status().json()["uuid"]
    while _characters_done(client, uuid) == 0:
        time.sleep(0.1)
    try:
        yield uuid
    finally:
        client.post(f"/v1/jobs/{uuid}/cancel/")


def _characters_done(client: httpx.Client, uuid: str) -> float:
    job: dict[str, Any] = client.get(f"/v1/jobs/{uuid}/").raise_for_status().json()
    return float(job["progress"]) * LONG_CHARACTERS


@contextmanager
def _transcription(platform: RunningPlatform, key: str) -> Iterator[None]:
    """Recordings that are transcribed one after the other for the duration of the block."""
    is_over = threading.Event()
    is_busy = threading.Event()
    sound = clips(LIBRIVOX * (1 + RECORDING_SECONDS * 16_000 // len(clips(LIBRIVOX))))[: RECORDING_SECONDS * 16_000]

    def transcribe() -> None:
        with platform.client(key) as client:
            for number in itertools.count():
                if is_over.is_set():
                    return
                file = io.BytesIO()
                soundfile.write(file, sound[number:], 16_000, format="FLAC")  # each a different one
                is_busy.set()
                client.post("/v1/stt/", files={"file": ("speech.flac", file.getvalue())}, timeout=600).raise_for_status()

    thread = threading.Thread(target=transcribe)
    thread.start()
    is_busy.wait()
    time.sleep(2)  # the recording is decoded
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _shown(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s ({min(values):.2f} to {max(values):.2f})"

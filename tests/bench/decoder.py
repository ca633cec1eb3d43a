"""Kokoro's cost in the engine worker, against the packaged graph alone, in turn and in one run."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil

from tests.bench.speed import NO_CACHE, TEXTS, VOICE
from tests.flows.running import RunningPlatform
from workers.kokoro.accents import accent_of
from workers.kokoro.runtime import SAMPLE_RATE, KokoroRuntime
from workers.kokoro.sessions import open_session
from workers.kokoro.synthesis import split_text
from workers.weights.store import WeightStore

ROUNDS = 3


class PackagedModel:
    """The graph as it is packaged, run by ONNX Runtime in one thread, as other servers do."""

    def __init__(self) -> None:
        self._session = open_session(WeightStore.default().path("kokoro", "model.onnx").read_bytes())
        self._runtime = KokoroRuntime.load(kind="packaged")

    def cpu_per_second(self, texts: Sequence[str]) -> float:
        """CPU seconds for one second of audio, without phonemes and files."""
        feeds = [self._feeds(sentence.text) for text in texts for sentence in split_text(text, language="en-us")]
        started = time.thread_time()
        samples = sum(self._session.run(["audio"], feed)[0].size for feed in feeds)
        return (time.thread_time() - started) * SAMPLE_RATE / samples

    def _feeds(self, sentence: str) -> dict[str, Any]:
        phonemised = accent_of("en-us").phonemizer()(sentence).restrict(self._runtime.vocabulary.__contains__)
        style = self._runtime.mix_styles({VOICE: 1.0}, phoneme_count=len(phonemised.phonemes))
        tokens = self._runtime.tokens(phonemised.phonemes)
        return {"tokens": tokens[np.newaxis], "style": style[np.newaxis], "speed": np.ones(1, np.float32)}


def measure_worker_cpu(platform: RunningPlatform, key: str) -> dict[str, float]:
    """Ratio of the worker's CPU seconds for one second of audio, files and all, to the packaged graph's; median of rounds."""
    packaged, text = PackagedModel(), TEXTS[0]
    ratios = []
    _worker_cpu_per_second(platform, key, text)  # the first request loads the model
    for _ in range(ROUNDS):
        bare = packaged.cpu_per_second([text])
        ours = _worker_cpu_per_second(platform, key, text)
        ratios.append(ours / bare)
        print(f"  CPU seconds for a second of audio: packaged graph {bare:.3f}, worker {ours:.3f}: {ours / bare:.3f}", flush=True)
    return {"worker_cpu_ratio": statistics.median(ratios)}


def _worker_cpu_per_second(platform: RunningPlatform, key: str, text: str) -> float:
    workers = [psutil.Process(pid) for pid in platform.pids("engine")]
    before = sum(sum(worker.cpu_times()[:2]) for worker in workers)
    with platform.client(key) as client:
        body = {"model": "kokoro", "input": text, "voice": VOICE, "response_format": "pcm"}
        answer = client.post("/v1/audio/speech", json=body, headers=NO_CACHE, timeout=300)
        answer.raise_for_status()
    after = sum(sum(worker.cpu_times()[:2]) for worker in workers)
    return (after - before) * SAMPLE_RATE / (len(answer.content) / 2)

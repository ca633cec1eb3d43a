"""Transcription throughput: the platform against the bare library, in the same hours of speech per second."""

import io
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import soundfile

from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import LIBRIVOX, clips
from workers.weights.store import WeightStore

ROUNDS = 3
RECORDINGS = 4
REPETITIONS = 8
"""Repetitions of a 24.7 s clip in one recording."""


def measure_transcription(platform: RunningPlatform, key: str) -> dict[str, float]:
    """Measure both in turn; the median of the ratios."""
    recordings = [_recording(number) for number in range(RECORDINGS)]
    seconds = RECORDINGS * REPETITIONS * len(clips(LIBRIVOX)) / 16_000
    ratios = []
    for _ in range(ROUNDS):
        bare = seconds / _bare_seconds(recordings)
        ours = seconds / _platform_seconds(platform, key, recordings)
        ratios.append(ours / bare)
        print(f"  bare {bare:.2f}, platform {ours:.2f} seconds of speech a second: {ours / bare:.3f}", flush=True)
    return {"transcription_ratio": statistics.median(ratios)}


def _recording(number: int) -> bytes:
    """FLAC file, each a different one, since identical concurrent requests would be one job."""
    names = [*LIBRIVOX[number % len(LIBRIVOX) :], *LIBRIVOX[: number % len(LIBRIVOX)]] * REPETITIONS
    file = io.BytesIO()
    soundfile.write(file, clips(names), 16_000, format="FLAC")
    return file.getvalue()


def _platform_seconds(platform: RunningPlatform, key: str, recordings: list[bytes]) -> float:
    def request(audio: bytes) -> None:
        with platform.client(key) as client:
            client.post("/v1/stt/", files={"file": ("speech.flac", audio)}, timeout=600).raise_for_status()

    started = time.perf_counter()
    with ThreadPoolExecutor(RECORDINGS) as pool:
        list(pool.map(request, recordings))
    return time.perf_counter() - started


def _bare_seconds(recordings: list[bytes]) -> float:
    """Seconds of faster-whisper's batched pipeline on all cores, with word times."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    folder = WeightStore.default().path("whisper-base", "model.bin").parent
    model = BatchedInferencePipeline(WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=os.cpu_count() or 1))
    started = time.perf_counter()
    for audio in recordings:
        segments, _ = model.transcribe(io.BytesIO(audio), beam_size=5, batch_size=8, word_timestamps=True)
        if not list(segments):
            raise RuntimeError("the bare library heard nothing")
    return time.perf_counter() - started

"""Text of 20,000 characters through the platform: complete, in order, without gaps and clicks."""

import io
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jiwer
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.flows.listening import Listener, said_words
from tests.flows.running import RunningPlatform
from workers.audio.joins import FRAME_SECONDS, SOUND_BELOW_PEAK_DB

pytestmark = [pytest.mark.prove, pytest.mark.timeout(7200)]

SENTENCES: list[str] = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())["en"]
CHARACTERS = 20_000
LONGEST_GAP_SECONDS = 1.2
LONGEST_RUN_OF_ERRORS = 4
"""Longest run of wrong or missing words; the shortest sentence has seven."""
PATIENCE_SECONDS = 3600
JOIN_MARGIN_SECONDS = 0.02
"""Margin on both sides of a pause, which contains the fades."""


@dataclass(frozen=True)
class Reading:
    """Transcript of the text."""

    text: str
    samples: NDArray[np.float32]
    sample_rate: int
    words: list[dict[str, Any]]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate


def long_text() -> str:
    """Sentences in an order in which each pair of neighbours occurs once, in paragraphs of five."""
    order, paragraphs = random.Random(20_000), []
    while sum(len(paragraph) + 2 for paragraph in paragraphs) < CHARACTERS:
        shuffled = order.sample(SENTENCES, k=len(SENTENCES))
        paragraphs += [" ".join(shuffled[at : at + 5]) for at in range(0, len(shuffled), 5)]
    text = "\n\n".join(paragraphs)
    return text[: text.index(". ", CHARACTERS - 100) + 1]


@pytest.fixture(scope="module")
def reading(platform: RunningPlatform) -> Reading:
    text = long_text()
    with platform.client(platform.key("reader@example.com")) as client:
        accepted = client.post("/v1/tts/", json={"text": text, "voice": "af_heart", "format": "flac"}).json()
        result = completed(client, accepted["uuid"])
        samples, sample_rate = soundfile.read(io.BytesIO(client.get(result["result_url"]).content), dtype="float32")
    return Reading(text, samples, sample_rate, result["words"])


def completed(client: httpx.Client, uuid: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        result: dict[str, Any] = client.get("/v1/speech/results/", params={"uuid": uuid, "timestamps": "words"}).json()
        if result["status"] not in {"queued", "processing"}:
            assert result["status"] == "completed", result
            return result
        time.sleep(1)
    raise TimeoutError(uuid)


def test_every_word_has_its_time_in_the_order_of_the_text(reading: Reading) -> None:
    assert " ".join(word["word"] for word in reading.words) == " ".join(reading.text.split())
    starts = [word["start"] for word in reading.words]
    assert starts == sorted(starts)
    assert reading.words[-1]["end"] <= reading.seconds


def test_a_long_text_is_spoken_completely_and_in_order(reading: Reading, listener: Listener) -> None:
    file = io.BytesIO()
    soundfile.write(file, reading.samples, reading.sample_rate, format="FLAC")
    heard = listener.hear(file.getvalue())
    aligned = jiwer.process_words(said_words(reading.text, language="en"), said_words(heard, language="en"))
    runs = [max(chunk.ref_end_idx - chunk.ref_start_idx, chunk.hyp_end_idx - chunk.hyp_start_idx) for chunk in errors_in(aligned)]
    print(f"{len(reading.text)} characters, {reading.seconds:.0f} s: word errors {aligned.wer:.4f}, longest run {max(runs, default=0)}")
    assert aligned.wer < 0.03
    assert max(runs, default=0) <= LONGEST_RUN_OF_ERRORS


def errors_in(aligned: jiwer.WordOutput) -> list[Any]:
    return [chunk for chunk in aligned.alignments[0] if chunk.type != "equal"]


def test_no_silence_is_longer_than_a_paragraph_asks_for(reading: Reading) -> None:
    longest = max(silences(reading.samples, sample_rate=reading.sample_rate))
    print(f"longest silence {longest:.2f} s")
    assert 0.3 < longest <= LONGEST_GAP_SECONDS


def silences(samples: NDArray[np.float32], *, sample_rate: int) -> list[float]:
    """Seconds of each run of frames below the threshold of sound, between the first and the last sound."""
    frame = round(FRAME_SECONDS * sample_rate)
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-SOUND_BELOW_PEAK_DB / 10))
    return [float(gap - 1) * FRAME_SECONDS for gap in np.diff(loud)]


def test_no_join_jumps_further_than_the_speech_itself(reading: Reading) -> None:
    steps = np.abs(np.diff(reading.samples))
    is_join = np.zeros(len(steps), bool)
    joins = 0
    for word, following in zip(reading.words, reading.words[1:], strict=False):
        if word["word"].endswith((".", "?", "!")):
            first, last = (round(seconds * reading.sample_rate) for seconds in (word["end"], following["start"]))
            margin = round(JOIN_MARGIN_SECONDS * reading.sample_rate)
            is_join[max(0, first - margin) : last + margin] = True
            joins += 1
    print(f"{joins} joins: largest step {steps[is_join].max():.4f}, within the speech {steps[~is_join].max():.4f}")
    assert joins > 300
    assert steps[is_join].max() <= steps[~is_join].max()

"""Projects and chunks of ClonyVoice's API with the real models, judged by transcribing them."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from tests.flows.listening import Listener
from tests.flows.running import RunningPlatform

SPANISH = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())["es"][0]
LINES = [
    {"text": "The first train leaves before sunrise.", "voice_id": "af_bella", "language": "en"},
    {"text": "The last one returns after midnight.", "voice_id": "am_adam", "language": "en", "pause_ms": 800},
    {"text": SPANISH, "voice_id": "ef_dora", "language": "es"},
    {"text": "Nobody sleeps in the small station.", "voice_id": "af_bella", "language": "en"},
]
RATE = 16_000


@pytest.fixture
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    with platform.client(platform.key("projects@example.com", credits_=1000)) as client:
        yield client


def samples_of(audio: bytes) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Mono samples at 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(io.BytesIO(audio)) as container:
        frames = [one for frame in container.decode(audio=0) for one in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in [*frames, *resampler.resample(None)]])


def wav_of(samples: Any) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((np.clip(samples, -1, 1) * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return file.getvalue()


def answered(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.prove
def test_a_project_in_three_voices_and_two_languages_lies_where_its_timeline_says(client: httpx.Client, listener: Listener) -> None:
    project = answered(client.post("/api/projects", json={"name": "Trains", "lines": LINES, "settings": {"format": "wav"}}), 200)
    path = f"/api/projects/{project['id']}"
    rendered = answered(client.post(f"{path}/render", json={}, timeout=180))
    timeline = answered(client.get(f"{path}/timeline"))
    samples = samples_of(client.get(rendered["audio_url"]).content)
    assert len(samples) / RATE == pytest.approx(timeline["duration"], abs=0.05)
    for line, placed in zip(LINES, timeline["lines"], strict=True):
        part = wav_of(samples[round(placed["start"] * RATE) : round(placed["end"] * RATE)])
        assert listener.word_error_rate(part, str(line["text"]), language=str(line["language"])) <= 0.25
    for before, after, pause in zip(timeline["lines"], timeline["lines"][1:], (0.3, 0.8, 0.3), strict=False):
        assert after["start"] - before["end"] == pytest.approx(pause, abs=0.002)
        silence = samples[round((before["end"] + 0.01) * RATE) : round((after["start"] - 0.01) * RATE)]
        assert np.abs(silence).max() < 0.01
    again = answered(client.post(f"{path}/render", json={"format": "mp3"}, timeout=180))
    assert again["credits_used"] == 0


@pytest.mark.prove
def test_a_regenerated_chunk_is_heard_in_the_merged_file(client: httpx.Client, listener: Listener) -> None:
    text = "The first train leaves before sunrise. Nobody sleeps in the small station. The last one returns after midnight."
    generation = answered(client.post("/api/generate/clone-chunked", json={"voice_id": "af_bella", "text": text}, timeout=180))
    assert len(generation["chunks"]) == 3
    chosen = {
        "generation_id": generation["generation_id"],
        "index": 1,
        "text": "Everybody waits for the green signal.",
        "voice_id": "am_adam",
    }
    answered(client.post("/api/generate/regenerate-chunk", json=chosen, timeout=180))
    merged = answered(
        client.post(
            "/api/generate/merge-chunks",
            json={"generation_id": generation["generation_id"], "pause_ms": 0, "crossfade_ms": 50},
            timeout=180,
        )
    )
    expected = "The first train leaves before sunrise. Everybody waits for the green signal. The last one returns after midnight."
    assert listener.word_error_rate(client.get(merged["audio_url"]).content, expected) <= 0.2

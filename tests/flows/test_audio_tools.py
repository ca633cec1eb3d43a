"""Audio tools end to end: real files through the running platform."""

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from tests.flows.following import entries_of, source_of, wait_until
from tests.flows.running import RunningPlatform
from tests.workers.audio.test_recording_streams import chord
from tests.workers.recognition.clips import clip
from workers.provenance.watermark import embed_watermark

RATE = 44_100


@pytest.fixture(scope="module")
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    with platform.client(platform.key("tools@example.com", plan="enterprise")) as client:
        yield client


@pytest.fixture(scope="module")
def stereo() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, chord(2, seconds=2.0, rate=RATE), RATE, format="FLAC", subtype="PCM_24")
    return file.getvalue()


def samples_of(content: bytes) -> tuple[np.ndarray, int]:
    return soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)


def test_convert_keeps_rate_channels_and_length_and_is_free(platform: RunningPlatform, client: httpx.Client, stereo: bytes) -> None:
    answer = client.post("/v1/audio/convert/", files={"file": ("a.wav", stereo)}, data={"format": "mp3", "bitrate": "320"})
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["X-Credits-Used"]) == (200, "audio/mpeg", "0"), answer.text
    converted, rate = samples_of(answer.content)
    assert (converted.shape, rate) == ((2 * RATE, 2), RATE)
    assert np.abs(converted - chord(2, seconds=2.0, rate=RATE))[2000:-2000].max() < 0.02
    job = answer.headers["X-Job-Id"]
    assert entries_of(platform, job) == {}
    wait_until(lambda: not source_of(platform, job).exists())
    result = client.get("/v1/speech/results/", params={"uuid": job}).json()
    assert (result["status"], result["format"], httpx.get(result["result_url"]).content) == ("completed", "mp3", answer.content)


def test_verify_finds_the_watermark_and_is_free(platform: RunningPlatform, client: httpx.Client) -> None:
    file = io.BytesIO()
    soundfile.write(file, embed_watermark(clip("librivox-0880"), sample_rate=16_000), 16_000, format="WAV")
    answer = client.post("/v1/audio/verify/", files={"file": ("a.wav", file.getvalue())})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["watermark"]["detected"], found["credits_used"]) == (True, 0)
    assert found["content_credentials"] == {"found": False, "valid": False, "trusted": False}
    assert entries_of(platform, found["uuid"]) == {}

"""Enhance, dereverb and separate end to end: real engines behind the running platform."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from tests.flows.following import entries_of, source_of, wait_until
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import RATE, clip
from workers.audio.loudness import measure_loudness

SECONDS = 3


@pytest.fixture(scope="module")
def client(platform: RunningPlatform) -> Iterator[httpx.Client]:
    with platform.client(platform.key("processing@example.com", plan="enterprise")) as client:
        yield client


@pytest.fixture(scope="module")
def noisy() -> np.ndarray:
    """Three seconds of a man in steady noise, two channels."""
    voice = clip("librivox-0870")[: SECONDS * RATE]
    noise = np.random.default_rng(5).standard_normal((len(voice), 2)) * 0.02
    return np.asarray(np.stack([voice, voice], axis=1) + noise, np.float32)


def flac(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="FLAC")
    return file.getvalue()


def samples_of(content: bytes) -> tuple[np.ndarray, int]:
    return soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)


def quietest_decibels(samples: np.ndarray) -> float:
    """Level of the quietest tenth of a second, below that of the whole."""
    frames = samples[: len(samples) // 1600 * 1600, 0].reshape(-1, 1600)
    return float(10 * np.log10((np.square(frames).mean(axis=1).min() + 1e-12) / np.square(samples[:, 0]).mean()))


def test_enhance_removes_noise_reaches_the_loudness_and_is_charged(
    platform: RunningPlatform, client: httpx.Client, noisy: np.ndarray
) -> None:
    answer = client.post("/v1/audio/enhance/", files={"file": ("audio.wav", flac(noisy))}, data={"super_resolution": "True"})
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["X-Credits-Used"]) == (200, "audio/flac", "0.1"), answer.text
    assert answer.headers["X-Warning"].startswith("super_resolution: no model")
    made, rate = samples_of(answer.content)
    assert (made.shape, rate) == (noisy.shape, RATE)
    assert quietest_decibels(made) < quietest_decibels(noisy) - 12
    power = sum(10 ** (measure_loudness(channel, sample_rate=RATE) / 10) for channel in made.T)
    assert 10 * np.log10(power) == pytest.approx(-16.0, abs=1.0)
    job = answer.headers["X-Job-Id"]
    assert entries_of(platform, job)["charge"] == -100
    wait_until(lambda: not source_of(platform, job).exists())


def test_dereverb_answers_with_audio_of_the_same_length(client: httpx.Client, noisy: np.ndarray) -> None:
    form = {"type": "echo", "intensity": "5", "format": "mp3"}
    answer = client.post("/v1/audio/dereverb/", files={"file": ("audio.wav", flac(noisy))}, data=form)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/mpeg"), answer.text
    made, rate = samples_of(answer.content)
    assert (made.shape[1], rate) == (2, RATE)
    assert len(made) == pytest.approx(len(noisy), abs=2500)


def test_separate_answers_with_an_archive_then_with_addresses_of_the_same_stems(client: httpx.Client, noisy: np.ndarray) -> None:
    files = {"file": ("audio.wav", flac(noisy))}
    answer = client.post("/v1/audio/separate/", files=files, headers={"Idempotency-Key": "stems-1"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip"), answer.text
    assert answer.headers["X-Model-Used"] == "spleeter"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        stems = {name: archive.read(name) for name in archive.namelist()}
    assert list(stems) == ["vocals.wav", "accompaniment.wav"]
    again = client.post("/v1/audio/separate/", files=files, headers={"Idempotency-Key": "stems-1", "Accept": "application/json"}).json()
    assert (again["uuid"], again["model_used"]) == (answer.headers["X-Job-Id"], "spleeter")
    assert [httpx.get(output["url"]).content for output in again["outputs"]] == list(stems.values())
    together = sum(samples_of(content)[0] for content in stems.values())
    assert np.abs(together - noisy)[1000:-1000].max() < 0.05  # apart from what 44.1 kHz and back loses of noise
    assert samples_of(stems["vocals.wav"])[0].shape == noisy.shape


def test_separate_into_four_stems_names_what_to_install(client: httpx.Client, noisy: np.ndarray) -> None:
    answer = client.post("/v1/audio/separate/", files={"file": ("audio.wav", flac(noisy))}, data={"stems": "4"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "stems_not_installed", "stems")
    assert "Installed: spleeter (2 stems)" in error["message"]
    assert "demucs" in error["message"].lower()

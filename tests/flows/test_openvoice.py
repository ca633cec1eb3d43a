"""OpenVoice's `POST /api/clone` on a running platform: a real recording in another voice, by ear of a speaker encoder and of a recogniser."""

import base64
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.flows.listening import Listener
from tests.flows.recordings import RATE, as_flac, speak
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import LIBRIVOX, clip, clips, said
from workers.audio.encoding.resampler import resample
from workers.speakers import GE2E

pytestmark = [pytest.mark.prove, pytest.mark.timeout(900)]

RESULT_RATE = 22_050
TAUS = (0.0, 0.3, 0.6, 1.0)
FORMATS = {"mp3": "MP3", "ogg": "OGG", "wav": "WAV"}
TARGET_TEXT = (
    "The lighthouse stands at the end of the harbour, where the fishing boats come home in the evening. "
    "On clear days you can see the islands from its highest window, and sometimes a whale."
)
SPOKEN = "librivox-0880"


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("tone@example.com", plan="enterprise", credits_=100_000)) as client:
        client.timeout = httpx.Timeout(600)
        yield client


@pytest.fixture(scope="module")
def target(client: httpx.Client) -> bytes:
    """Recording of a woman."""
    return speak(client, TARGET_TEXT, voice="bf_emma")


def convert(client: httpx.Client, *, target: bytes, source: bytes, tau: float) -> NDArray[np.float32]:
    """Samples of the answer, which are checked to be at 22,050 Hz."""
    body = {"target_audio": base64.b64encode(target).decode(), "source_audio": base64.b64encode(source).decode(), "tau": tau}
    answer = client.post("/api/clone", json=body)
    assert (answer.status_code, answer.json()["success"]) == (200, True), answer.text[:500]
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(answer.json()["result_audio"])), dtype="float32")
    assert rate == RESULT_RATE
    return np.asarray(samples)


def encoded(samples: NDArray[np.float32], name: str) -> bytes:
    if name == "flac":
        return as_flac(samples)
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format=FORMATS[name])
    return file.getvalue()


def embed(samples: NDArray[np.float32], *, rate: int) -> NDArray[np.float64]:
    """Unit vector of a voice."""
    at_encoder = resample(samples, input_rate=rate, output_rate=RATE)
    found = np.atleast_2d(np.asarray(GE2E.embed(at_encoder, sample_rate=RATE), np.float64)).mean(axis=0)
    return np.asarray(found / np.linalg.norm(found))


def test_similarity_to_the_target_rises_with_tau_in_each_format(client: httpx.Client, target: bytes) -> None:
    recording, rate = soundfile.read(io.BytesIO(target), dtype="float32")
    wanted = embed(recording, rate=rate)
    similarities = []
    for tau, name in zip(TAUS, ("flac", "mp3", "ogg", "wav"), strict=True):
        result = convert(client, target=target, source=encoded(clip(SPOKEN), name), tau=tau)
        assert len(result) / RESULT_RATE == pytest.approx(len(clip(SPOKEN)) / RATE, abs=0.1), name
        similarities.append(float(wanted @ embed(result, rate=RESULT_RATE)))
    print(", ".join(f"tau {tau:g}: {similarity:.3f}" for tau, similarity in zip(TAUS, similarities, strict=True)))
    assert similarities == sorted(similarities)
    assert similarities[-1] - similarities[0] > 0.02
    assert similarities[-1] > float(wanted @ embed(clip(SPOKEN), rate=RATE)) + 0.1


def test_source_above_90_seconds_is_converted_without_a_seam(client: httpx.Client, target: bytes, listener: Listener) -> None:
    names = LIBRIVOX * 4
    whole = clips(names)
    assert len(whole) > 90 * RATE
    result = convert(client, target=target, source=encoded(whole, "mp3"), tau=0.3)
    assert len(result) / RESULT_RATE == pytest.approx(len(whole) / RATE, abs=0.1)
    file = io.BytesIO()
    soundfile.write(file, result, RESULT_RATE, format="WAV")
    assert listener.word_error_rate(file.getvalue(), said(names)) <= 0.15

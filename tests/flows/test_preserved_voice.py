"""`preserve_voice` of speech translation with real workers: the speaker's likeness says the translation, nearer than the usual voice."""

from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from tests.flows.recordings import RATE, as_flac, samples_of
from tests.flows.running import RunningPlatform
from tests.prove.synthetic_conversations import clip_folder
from workers.audio.encoding.resampler import resample
from workers.audio.samples import Samples
from workers.speakers import ENCODERS

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

GERMANS = ("de_thorsten", "de_Sonja", "de_Ralf")
JUDGES = ("ge2e", "d-vector")


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("preserved@example.com", plan="enterprise")) as client:
        yield client


def clip_of(name: str) -> Samples:
    samples, rate = soundfile.read(clip_folder() / f"{name}.wav", dtype="float32")
    return resample(samples if samples.ndim == 1 else samples.mean(axis=1), input_rate=rate, output_rate=RATE)


def translated(client: httpx.Client, recording: bytes, **fields: str) -> Samples:
    """Speech of the translation to English."""
    data = {"target_language": "en", "format": "wav", **fields}
    answer = client.post("/v1/speech-translate/", files={"file": recording}, data=data)
    assert answer.status_code == 200, answer.text
    return samples_of(httpx.get(answer.json()["audio_url"]).content)


def similarity(one: Samples, other: Samples, *, judge: str) -> float:
    encoder = ENCODERS[judge]
    return float(encoder.embed(one, sample_rate=RATE) @ encoder.embed(other, sample_rate=RATE))


def test_preserved_voice_of_german_speakers_is_nearer_than_the_usual_voice(client: httpx.Client) -> None:
    gains: dict[str, list[float]] = {judge: [] for judge in JUDGES}
    for name in GERMANS:
        person = clip_of(name)
        usual, kept = translated(client, as_flac(person)), translated(client, as_flac(person), preserve_voice="true")
        values = {judge: (similarity(usual, person, judge=judge), similarity(kept, person, judge=judge)) for judge in JUDGES}
        print(f"\n| {name} | " + " | ".join(f"{before:.3f} {after:.3f}" for before, after in values.values()) + " |", flush=True)
        for judge, (before, after) in values.items():
            gains[judge].append(after - before)
    assert all(np.mean(found) > 0 for found in gains.values()), gains

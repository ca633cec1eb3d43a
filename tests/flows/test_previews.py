"""Previews: real audio in each voice's language, created once, public."""

import io

import av
import httpx
import numpy as np
import pytest

from tests.flows.listening import Listener
from tests.flows.running import RunningPlatform

LANGUAGES = {"en": 28, "zh": 8, "ja": 5, "hi": 4, "es": 3, "pt": 3, "it": 2, "fr": 1}


def voices_of(client: httpx.Client) -> list[dict[str, str]]:
    return list(client.get("/v1/voices/", params={"model": "kokoro"}).json()["voices"])


def check_preview(client: httpx.Client, voice: dict[str, str]) -> bytes:
    """Check that the preview is audible and created once, and return it."""
    answer = client.get(voice["preview_url"], follow_redirects=True)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg"), voice["id"]
    with av.open(io.BytesIO(answer.content)) as container:
        samples = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(container.streams.audio[0])])
        seconds = float((container.duration or 0) / av.time_base)
    assert seconds > 1.5, voice["id"]
    assert float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) > 0.03, voice["id"]
    assert client.get(voice["preview_url"], follow_redirects=True).content == answer.content
    return answer.content


@pytest.mark.prove
def test_a_preview_is_real_speech_in_the_voice_s_language(platform: RunningPlatform, listener: Listener) -> None:
    with platform.client() as client:
        voices = voices_of(client)
        counts = {language: sum(voice["language"].startswith(language) for voice in voices) for language in LANGUAGES}
        assert counts == LANGUAGES
        chosen = {voice["id"]: voice for voice in voices}
        english = check_preview(client, chosen["bm_george"])
        assert len(listener.hear(english).split()) >= 4
        assert check_preview(client, chosen["ef_dora"]) != english


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_each_of_the_fifty_four_voices_has_its_own_preview(platform: RunningPlatform) -> None:
    with platform.client() as client:
        previews = {voice["id"]: check_preview(client, voice) for voice in voices_of(client)}
    assert len(previews) == sum(LANGUAGES.values()) == len(set(previews.values()))

"""German through the whole platform: spoken by Pico if no model is chosen, transcribed by Whisper, and refused by models without German."""

from collections.abc import Iterator

import httpx
import pytest

from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

GERMAN = "Guten Morgen, der Zug nach Berlin fährt in zehn Minuten."
HEARD = {"guten", "morgen", "zug", "nach", "berlin", "minuten"}
ENOUGH = 4
"""Words of HEARD that must be transcribed: the voice is of draft quality, and another processor's rounding may cost a word."""
DUTCH = "Hoe gaat het vandaag met u en uw familie?"
MIXED = "Good morning, everyone. Wie geht es Ihnen heute? I hope that you are well."


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("german@example.com", plan="enterprise")) as client:
        yield client


@pytest.fixture(scope="module")
def german(client: httpx.Client) -> bytes:
    """German sentence, requested as by any OpenAI client."""
    answer = client.post("/v1/audio/speech", json={"model": "tts-1", "voice": "alloy", "input": GERMAN, "response_format": "wav"})
    assert answer.status_code == 200, answer.text
    assert "pico speaks, as the text is in German (de)" in answer.headers["X-Warning"]
    return answer.content


@pytest.mark.prove
def test_german_text_for_openai_names_is_transcribed_correctly(german: bytes, listener: Listener) -> None:
    assert _count_heard(listener.hear(german, language="de")) >= ENOUGH


def test_german_speech_is_recognised_as_german(client: httpx.Client, german: bytes) -> None:
    form = {"model": "whisper-1", "response_format": "verbose_json"}
    heard = client.post("/v1/audio/transcriptions", files={"file": ("german.wav", german)}, data=form).json()
    assert heard["language"] == "german"
    assert _count_heard(heard["text"]) >= ENOUGH


def test_a_translation_into_german_is_spoken_in_german(client: httpx.Client, german: bytes, listener: Listener) -> None:
    form = {"source_language": "de", "target_language": "de"}
    answer = client.post("/v1/speech-translate/", files={"file": ("german.wav", german)}, data=form)
    assert answer.status_code == 200, answer.text
    audio = client.get(answer.json()["audio_url"]).content
    assert _count_heard(listener.hear(audio, language="de")) >= ENOUGH


@pytest.mark.parametrize(
    "body", [{"model": "tts-1", "voice": "alloy", "input": DUTCH}, {"model": "kokoro", "voice": "af_bella", "input": GERMAN}]
)
def test_a_text_that_the_model_cannot_speak_is_refused(client: httpx.Client, body: dict[str, str]) -> None:
    answer = client.post("/v1/audio/speech", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupported_language"), answer.text


@pytest.mark.prove
def test_a_mixed_text_is_spoken_with_a_warning(client: httpx.Client) -> None:
    answer = client.post("/v1/audio/speech", json={"model": "tts-1", "voice": "alloy", "input": MIXED})
    assert answer.status_code == 200
    assert "language: some of the text seems to be in German (de)" in answer.headers["X-Warning"]


def test_a_bad_item_of_a_batch_fails_alone(client: httpx.Client) -> None:
    batch = client.post("/v1/tts/batch/", json={"texts": [{"text": "Hello."}, {"text": DUTCH}, {"text": GERMAN}]}).json()
    items = client.get("/v1/tts/batch/result/", params={"batch_id": batch["batch_id"]}).json()["items"]
    assert [item.get("code") for item in items] == [None, "unsupported_language", None]


def _count_heard(transcript: str) -> int:
    return len(HEARD & set(plain_words(transcript).split()))

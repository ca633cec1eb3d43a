"""Every kind of result of a platform that marks all speech and signs all files, verified by POST /v1/audio/verify/."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.flows.following import wait_for_end, wait_until
from tests.flows.listening import Listener
from tests.flows.recordings import as_flac
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import clip
from workers.contract.formats import FORMATS
from workers.contract.provenance import CREDENTIAL_FORMATS

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1800)]

TEXT = "The library opens at nine in the morning, and the reading room closes late in the evening."
HEADERLESS = frozenset({"pcm"})
"""Formats that no program can open without knowing what they hold."""
SYNTHESISED, CONVERTED = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
"""Source types of C2PA: speech made by a model, and a person's recording that a model changed."""


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """Platform with the watermark and content credentials on."""
    environment = {
        "TTSAI_C2PA": "on",
        "TTSAI_WATERMARK": "all",
        "TTSAI_ENGINES": "kokoro,kokoro-clone,kokoro-convert,kokoro-enrol,whisper,world",
    }
    running = RunningPlatform(home=tmp_path_factory.mktemp("marking") / "home", environment=environment)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="module")
def client(marking: RunningPlatform) -> Iterator[httpx.Client]:
    with marking.client(marking.key("marked@example.com", plan="enterprise")) as client:
        yield client


def verify(client: httpx.Client, audio: bytes) -> dict[str, Any]:
    answer = client.post("/v1/audio/verify/", files={"file": audio})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def assert_marked(client: httpx.Client, audio: bytes, *, is_signed: bool, what: str, source_type: str = SYNTHESISED) -> None:
    found = verify(client, audio)
    assert found["watermark"]["detected"], (what, found)
    credentials = found["content_credentials"]
    assert (credentials["found"], credentials["valid"]) == (is_signed, is_signed), (what, found)
    if is_signed:
        assert credentials["actions"][0]["source_type"].rpartition("/")[2] == source_type, (what, found)


def spoken(client: httpx.Client, **fields: Any) -> tuple[str, bytes]:
    """uuid and audio of a finished speech job."""
    uuid = client.post("/v1/tts/", json={"text": TEXT, "voice": "af_heart", **fields}).json()["uuid"]
    result = wait_for_end(client, uuid)
    assert result["status"] == "completed", result
    return uuid, httpx.get(result["result_url"]).content


def test_speech_in_every_format_is_marked_and_signed_where_the_format_can_be(client: httpx.Client) -> None:
    for audio_format in sorted(set(FORMATS) - HEADERLESS):
        _, audio = spoken(client, format=audio_format)
        assert_marked(client, audio, is_signed=audio_format in CREDENTIAL_FORMATS, what=audio_format)


def test_long_speech_batches_clones_and_conversions_are_marked_and_signed(client: httpx.Client) -> None:
    _, joined = spoken(client, text=f"{TEXT} " * 9, format="flac")
    assert_marked(client, joined, is_signed=True, what="a join of parts")
    item = {"text": TEXT, "voice": "af_heart", "format": "wav"}
    batch = client.post("/v1/tts/batch/", json={"texts": [item, {**item, "format": "ogg"}]}).json()
    found: dict[str, Any] = {}

    def is_over() -> bool:
        found.update(client.get("/v1/tts/batch/result/", params={"batch_id": batch["batch_id"]}).json())
        return bool(found["status"] != "processing")

    wait_until(is_over, seconds=300)
    for one, is_signed in zip(found["items"], (True, False), strict=True):
        assert_marked(client, httpx.get(one["url"]).content, is_signed=is_signed, what="an item of a batch")
    recording = as_flac(clip("librivox-0870"))
    cloned = client.post("/v1/tts/clone/", files={"reference_audio": recording}, data={"text": TEXT, "format": "wav"})
    assert cloned.status_code == 200, cloned.text
    assert_marked(client, cloned.content, is_signed=True, what="a clone")
    for model in ("kokoro-convert", "world"):
        fields = {"target_voice": "af_heart", "model": model, "format": "mp3"}
        converted = client.post("/v1/voice-convert/", files={"file": recording}, data=fields)
        assert converted.status_code == 200, converted.text
        assert_marked(client, converted.content, is_signed=True, what=model, source_type=CONVERTED)
    assert not verify(client, recording)["watermark"]["detected"]


def test_converted_and_tampered_files_of_the_platform_are_distinguished(client: httpx.Client, listener: Listener) -> None:
    uuid, audio = spoken(client, format="wav")
    tampered = bytearray(audio)
    tampered[len(tampered) // 2] ^= 1
    credentials = verify(client, bytes(tampered))["content_credentials"]
    assert (credentials["found"], credentials["valid"]) == (True, False)
    converted = client.post("/v1/audio/convert/", files={"file": audio}, data={"format": "ogg"})
    assert converted.status_code == 200, converted.text
    assert verify(client, converted.content)["watermark"]["detected"]
    subtitles = client.get("/v1/speech/subtitles/", params={"uuid": uuid, "format": "srt"})
    assert subtitles.status_code == 200, subtitles.text
    assert "library" in subtitles.text
    assert listener.word_error_rate(audio, TEXT) <= 0.15

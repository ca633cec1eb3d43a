"""Word timings on the running platform: every engine, as the customer wrote the words, including replaced ones."""

import io
import time
import wave
from collections.abc import Callable
from functools import cache
from typing import Any

import av
import pytest

from tests.clients import SDKMaker
from tests.flows.listening import Listener
from tests.flows.running import RunningPlatform
from workers.audio.joins import FINAL_SILENCE_SECONDS, KEPT_AFTER_SECONDS, KEPT_BEFORE_SECONDS

TEXT = (
    'Dr. Smith saw a GIF on <say-as interpret-as="date">2026-04-26</say-as>, at <say-as interpret-as="time">14:30</say-as>, '
    'of <sub alias="the World Wide Web">WWW</sub> and paid $5.'
)
WORDS = ["Dr.", "Smith", "saw", "a", "GIF", "on", "2026-04-26", "at", "14:30", "of", "WWW", "and", "paid", "$5"]


@pytest.fixture(scope="module")
def key(platform: RunningPlatform) -> str:
    return platform.key("timings@example.com", plan="enterprise")


@pytest.fixture(scope="module")
def spoken_by(platform: RunningPlatform, key: str) -> Callable[[str], dict[str, Any]]:
    """The result of TEXT spoken by a model, once for all tests."""
    return cache(lambda model: result_of(platform, key, text=TEXT, model=model, pronunciations={"GIF": "jiff"}))


def result_of(platform: RunningPlatform, key: str, **options: object) -> dict[str, Any]:
    """Result of a request that asked for timings, without asking for them again."""
    with platform.client(key) as client:
        answer = client.post("/v1/tts/", json={"timestamps": True, "format": "wav", **options})
        assert answer.status_code == 200, answer.text
        return completed(platform, key, answer.json()["uuid"])


def completed(platform: RunningPlatform, key: str, uuid: str, **query: str) -> dict[str, Any]:
    deadline = time.monotonic() + 120
    with platform.client(key) as client:
        while time.monotonic() < deadline:
            result = client.get("/v1/speech/results/", params={"uuid": uuid, **query}).json()
            if result["status"] not in {"queued", "processing"}:
                assert result["status"] == "completed", result
                return dict(result)
            time.sleep(0.1)
    raise TimeoutError(uuid)


@pytest.mark.parametrize("model", ["kokoro", "hibari", "piper", "vits"])
def test_every_engine_times_the_words_as_written(spoken_by: Callable[[str], dict[str, Any]], model: str) -> None:
    result = spoken_by(model)
    words = result["words"]
    assert isinstance(words, list)
    assert isinstance(result["duration"], float)
    assert [word["word"].rstrip(",.") if word["word"] != "Dr." else "Dr." for word in words] == WORDS
    times = [time for word in words for time in (word["start"], word["end"])]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= result["duration"]
    date = next(word for word in words if word["word"].startswith("2026"))
    assert date["end"] - date["start"] > 1.5  # six words are said for it


def test_a_word_is_heard_between_its_times(
    platform: RunningPlatform, key: str, spoken_by: Callable[[str], dict[str, Any]], listener: Listener
) -> None:
    result = spoken_by("kokoro")
    with platform.client(key) as client:
        audio = client.get(str(result["result_url"])).content
    words = result["words"]
    assert isinstance(words, list)
    date = next(word for word in words if word["word"].startswith("2026"))
    assert "april" in listener.hear(cut(audio, date["start"] - 0.1, date["end"] + 0.1)).lower()
    web = next(word for word in words if word["word"].startswith("WWW"))
    assert "world wide web" in listener.hear(cut(audio, web["start"] - 0.1, web["end"] + 0.1)).lower()


def cut(audio: bytes, start: float, end: float) -> bytes:
    """Stretch of a 16-bit WAV file, as WAV."""
    cutting = io.BytesIO()
    with wave.open(io.BytesIO(audio)) as whole, wave.open(cutting, "wb") as piece:
        rate = whole.getframerate()
        whole.setpos(max(0, round(start * rate)))
        piece.setparams(whole.getparams())
        piece.writeframes(whole.readframes(round((end - start) * rate)))
    return cutting.getvalue()


def test_timings_are_the_same_under_both_prefixes_and_parameters(platform: RunningPlatform, key: str) -> None:
    with platform.client(key) as client:
        uuid = client.post("/api/v1/tts/", json={"text": "One two three.", "model": "hibari"}).json()["uuid"]
        words = completed(platform, key, uuid, timestamps="words")["words"]
        assert [word["word"] for word in words] == ["One", "two", "three."]
        assert client.get("/api/v1/speech/results/", params={"uuid": uuid, "timestamps": "words"}).json()["words"] == words
        assert "words" not in client.get("/v1/speech/results/", params={"uuid": uuid}).json()


def test_the_official_sdk_polls_a_job_with_timings(platform: RunningPlatform, key: str, sdk_of: SDKMaker) -> None:
    with platform.client(key) as client:
        uuid = client.post("/v1/tts/", json={"text": "One two three.", "model": "hibari", "timestamps": True, "format": "wav"}).json()[
            "uuid"
        ]
    sdk = sdk_of(key, platform.url)
    assert sdk.poll_result(uuid, interval=0.2)[:4] == b"RIFF"


def seconds_of(audio: bytes) -> float:
    with av.open(io.BytesIO(audio)) as container:
        return float((container.duration or 0) / av.time_base)


@pytest.mark.parametrize("model", [pytest.param("kokoro", marks=pytest.mark.prove), "hibari"])
def test_speed_changes_the_duration_on_both_routes(platform: RunningPlatform, key: str, model: str) -> None:
    text = "The first train leaves before sunrise."
    tail = FINAL_SILENCE_SECONDS + KEPT_BEFORE_SECONDS + KEPT_AFTER_SECONDS  # the silence around the sound does not shrink
    with platform.client(key) as client:

        def openai_seconds(speed: float) -> float:
            body = {
                "model": model,
                "input": text,
                "response_format": "wav",
                "speed": speed,
                "voice": "af_heart" if model == "kokoro" else "heart",
            }
            answer = client.post("/v1/audio/speech", json=body)
            assert answer.status_code == 200, answer.text
            return seconds_of(answer.content) - tail

        normal = openai_seconds(1.0)
        for speed in (0.25, 4.0):
            assert openai_seconds(speed) == pytest.approx(normal / speed, rel=0.06)
        for speed in (0.49, 2.01):
            assert client.post("/v1/tts/", json={"text": text, "model": model, "speed": speed}).status_code == 400
    voice = "af_heart" if model == "kokoro" else "heart"
    for speed in (0.5, 2.0):
        result = result_of(platform, key, text=text, model=model, voice=voice, speed=speed)
        assert result["duration"] - tail == pytest.approx(normal / speed, rel=0.06)


@pytest.mark.prove
def test_no_word_of_a_mixed_text_is_dropped(platform: RunningPlatform, key: str) -> None:
    words = result_of(platform, key, text="Hello 你好 world, नमस्ते and bonjour.", voice="am_michael")["words"]
    assert isinstance(words, list)
    assert [word["word"].strip(" ,.") for word in words] == ["Hello", "你好", "world", "नमस्ते", "and", "bonjour"]

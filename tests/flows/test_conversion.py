"""Voice conversion end to end: a person's sentence in another voice, transcribed back."""

from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from tests.flows.following import entries_of, source_of, wait_until
from tests.flows.listening import Listener
from tests.flows.recordings import RATE, as_flac, samples_of
from tests.flows.running import RunningPlatform
from tests.workers.recognition.clips import LIBRIVOX, TRANSCRIPTS, clip, clips, said
from workers.recognition.pitch import tally_pitch

NAME = "librivox-0880"


@pytest.fixture(scope="module")
def client(hearing: RunningPlatform) -> Iterator[httpx.Client]:
    with hearing.client(hearing.key("conversion@example.com", plan="enterprise")) as client:
        yield client


@pytest.mark.prove
def test_conversion_of_a_man_to_a_woman_keeps_words_and_length(hearing: RunningPlatform, client: httpx.Client, listener: Listener) -> None:
    answer = client.post("/v1/voice-convert/", files={"file": as_flac(clip(NAME))}, data={"target_voice": "af_heart"})
    assert (answer.status_code, answer.headers["X-Model-Used"]) == (200, "kokoro-convert"), answer.text
    samples, seconds = samples_of(answer.content), len(clip(NAME)) / RATE
    assert tally_pitch(clip(NAME)).gender == "male"
    assert tally_pitch(samples).gender == "female"
    assert abs(len(samples) / RATE - seconds) < 0.01
    assert listener.word_error_rate(answer.content, TRANSCRIPTS[NAME]) <= 0.15
    uuid = answer.headers["X-Job-Id"]
    assert entries_of(hearing, uuid)["charge"] == -round(1000 * float(answer.headers["X-Credits-Used"]))
    assert float(answer.headers["X-Credits-Used"]) == pytest.approx(3 * seconds / 60, abs=0.001)
    wait_until(lambda: not source_of(hearing, uuid).exists())


@pytest.mark.prove
def test_a_recording_of_minutes_is_converted_in_pieces_without_losing_a_word(client: httpx.Client, listener: Listener) -> None:
    names = LIBRIVOX * 4
    whole = clips(names)
    fields = {"target_voice": "am_michael", "format": "flac"}
    queued = client.post("/v1/voice-convert/?async=1", files={"file": as_flac(whole)}, data=fields).json()

    def result() -> dict[str, Any]:
        return dict(client.get(f"/v1/speech/results/?uuid={queued['uuid']}").json())

    wait_until(lambda: result()["status"] not in {"queued", "processing"}, seconds=1200)
    assert result()["status"] == "completed", result()
    audio = httpx.get(result()["result_url"]).content
    assert abs(len(samples_of(audio)) - len(whole)) < RATE // 100
    assert listener.word_error_rate(audio, said(names)) <= 0.15


@pytest.mark.prove
def test_music_and_foreign_speech_are_converted_by_world_with_a_warning(client: httpx.Client) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 220 * np.arange(3 * RATE) / RATE).astype(np.float32)
    answer = client.post("/v1/voice-convert/", files={"file": as_flac(tone)}, data={"target_voice": "af_heart"})
    assert answer.status_code == 200, answer.text
    assert "no words were recognised" in answer.headers["X-Warning"]


@pytest.mark.prove
def test_a_silent_recording_is_refused_end_to_end(client: httpx.Client) -> None:
    silent = as_flac(np.zeros(2 * RATE, np.float32))
    answer = client.post("/v1/voice-convert/", files={"file": silent}, data={"target_voice": "af_heart"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_audio")


@pytest.mark.prove
def test_speech_to_speech_changes_the_pace_and_keeps_the_words(client: httpx.Client, listener: Listener) -> None:
    fields = {"voice": "am_michael", "emotion": "sad", "speed": "0.9"}
    answer = client.post("/v1/speech-to-speech/", files={"file": as_flac(clip(NAME))}, data=fields)
    assert answer.status_code == 200, answer.text
    assert len(samples_of(answer.content)) == pytest.approx(len(clip(NAME)) / 0.85 / 0.9, rel=0.01)
    assert listener.word_error_rate(answer.content, TRANSCRIPTS[NAME]) <= 0.15


@pytest.mark.prove
def test_excited_and_fast_speech_to_speech_keeps_every_word(client: httpx.Client, listener: Listener) -> None:
    names = ["librivox-0870", "librivox-0890", "librivox-0920"]
    whole = clips(names)
    fields = {"voice": "af_heart", "emotion": "excited", "speed": "1.2"}
    answer = client.post("/v1/speech-to-speech/", files={"file": as_flac(whole)}, data=fields)
    assert answer.status_code == 200, answer.text
    assert len(samples_of(answer.content)) == pytest.approx(len(whole) / 1.15 / 1.2, rel=0.01)
    assert listener.word_error_rate(answer.content, said(names)) <= 0.08

"""Text to speech end to end, through official clients."""

import io
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import av
import httpx
import openai
import pytest
import tts_ai

from tests.clients import OpenAIMaker, SDKMaker
from tests.flows.listening import Listener
from tests.flows.running import RunningPlatform
from workers.text.markup.parts import cut_into_parts

TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
SENTENCES = json.loads((Path(__file__).parents[1] / "data" / "sentences.json").read_text())["en"]
LONG_TEXT = " ".join(SENTENCES[:13])
"""Text of two parts."""


@pytest.fixture(scope="module")
def key(platform: RunningPlatform) -> str:
    return platform.key("owner@example.com")


@pytest.fixture
def sdk(platform: RunningPlatform, key: str, sdk_of: SDKMaker) -> tts_ai.TTSClient:
    return sdk_of(key, platform.url)


def seconds_of(audio: bytes) -> float:
    with av.open(io.BytesIO(audio)) as container:
        assert container.duration is not None
        return float(container.duration / av.time_base)


def test_the_printed_curl_line_gives_a_real_mp3(platform: RunningPlatform, listener: Listener, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not on this machine")
    line = None
    for _ in range(300):  # the platform answers a moment before `ttsai up` has noticed and says so
        line = re.search(r"curl .*$", re.sub(r"\x1b\[[0-9;]*m", "", platform.log.read_text()), re.MULTILINE)
        if line is not None:
            break
        time.sleep(0.1)
    assert line is not None
    key = (platform.home / "secrets" / "demo-key").read_text().strip()
    assert f"Demo key   {key}   (plan pro, 1,000 credits)" in platform.log.read_text()
    command = re.sub(r"-o \S+", f"-o {tmp_path}/hello.mp3", line.group(0))
    subprocess.run(["sh", "-c", command], check=True, cwd=tmp_path)
    said = re.search(r'"input": ?"([^"]+)"', command)
    assert said is not None
    audio = (tmp_path / "hello.mp3").read_bytes()
    assert audio[:3] == b"ID3" or audio[0] == 0xFF
    assert listener.word_error_rate(audio, said.group(1)) <= 0.2


def test_official_sdk_speech_is_transcribed_as_its_text(sdk: tts_ai.TTSClient, listener: Listener) -> None:
    audio = sdk.generate(TEXT)
    assert audio[:4] == b"RIFF"
    assert listener.word_error_rate(audio, TEXT) <= 0.16


def test_the_official_sdk_polls_a_queued_job_of_hibari(sdk: tts_ai.TTSClient, listener: Listener) -> None:
    result = sdk.generate_async(TEXT, model="hibari", voice="heart", output_format="mp3")
    assert (result.status, len(result.uuid)) == ("queued", 32)
    audio = sdk.poll_result(result.uuid, interval=0.2)
    assert listener.word_error_rate(audio, TEXT) <= 0.2


def test_the_official_sdk_lists_models_and_voices(sdk: tts_ai.TTSClient) -> None:
    models = {model.name: model for model in sdk.list_models()}
    assert {"kokoro", "hibari"} <= set(models) | {name.lower() for name in models}
    assert "Chatterbox" in models, "documented models are listed with the model that stands in for them"
    standing_in = sdk.generate_async("Hello.", model="chatterbox", voice="Lucy", output_format="flac")
    assert sdk.poll_result(standing_in.uuid, interval=0.2)[:4] == b"fLaC"
    voices = sdk.list_voices(model="kokoro", language="en")
    assert len(voices) == 28
    assert {voice.voice_id for voice in voices} >= {"af_bella", "bm_george"}


def test_the_openai_package_gets_its_audio(platform: RunningPlatform, key: str, listener: Listener, openai_of: OpenAIMaker) -> None:
    client = openai_of(key, platform.url)
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format="flac")
    assert answer.content[:4] == b"fLaC"
    assert listener.word_error_rate(answer.content, TEXT) <= 0.16
    with pytest.raises(openai.BadRequestError):
        client.audio.speech.create(model="no-such-model", voice="alloy", input=TEXT)
    with pytest.raises(openai.AuthenticationError):
        openai_of("sk-tts-wrong", platform.url).audio.speech.create(model="tts-1", voice="alloy", input="x")


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "flac", "opus"])
def test_stored_file_of_each_format_says_its_true_length(platform: RunningPlatform, key: str, audio_format: str) -> None:
    with platform.client(key) as client:  # what /v1/audio/speech sends while it is made cannot tell its length
        accepted = client.post("/v1/tts/", json={"model": "hibari", "text": TEXT, "voice": "heart", "format": audio_format}).json()
        audio = client.get(_completed(client, accepted["uuid"])["result_url"]).content
    assert 3.5 < seconds_of(audio) < 7.5


@pytest.mark.prove
def test_text_of_several_parts_is_spoken_completely_and_in_order(platform: RunningPlatform, key: str, listener: Listener) -> None:
    assert len(cut_into_parts(LONG_TEXT)) == 2
    with platform.client(key) as client:
        accepted = client.post("/v1/tts/", json={"text": LONG_TEXT, "model": "hibari"}).json()
        audio = client.get(_completed(client, accepted["uuid"])["result_url"]).content
    assert listener.word_error_rate(audio, LONG_TEXT) <= 0.1


def test_an_anonymous_visitor_speaks_polls_and_downloads(platform: RunningPlatform) -> None:
    with platform.client() as client:
        accepted = client.post("/v1/tts/", json={"text": TEXT, "model": "piper"})
        assert accepted.status_code == 200
        result = _completed(client, accepted.json()["uuid"])
        audio = client.get(result["result_url"])
        assert audio.status_code == 200
        part = client.get(result["result_url"], headers={"Range": "bytes=0-99"})
        assert (part.status_code, part.content) == (206, audio.content[:100])
        as_wav = client.get(f"/static/downloads/{accepted.json()['uuid']}/tts_output.wav")
        assert as_wav.content[:4] == b"RIFF"
        assert abs(seconds_of(as_wav.content) - seconds_of(audio.content)) < 0.2


@pytest.mark.prove
def test_the_command_line_says_a_sentence(platform: RunningPlatform, listener: Listener, tmp_path: Path) -> None:
    platform.command("say", TEXT, "--model", "hibari", "-o", str(tmp_path / "said.mp3"))
    assert listener.word_error_rate((tmp_path / "said.mp3").read_bytes(), TEXT) <= 0.2


def _completed(client: httpx.Client, uuid: str, *, seconds: float = 120) -> dict[str, str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result: dict[str, str] = client.get("/v1/speech/results/", params={"uuid": uuid}).json()
        if result["status"] not in {"queued", "processing"}:
            assert result["status"] == "completed", result
            return result
        time.sleep(0.2)
    raise TimeoutError(f"{uuid} is not done after {seconds} s")


def test_a_spanish_text_finds_its_language_and_a_spanish_voice(platform: RunningPlatform, key: str, listener: Listener) -> None:
    text = "La lluvia cayó durante toda la noche sin parar."
    with platform.client(key) as client:
        accepted = client.post("/v1/tts/", json={"text": text}).json()
        audio = client.get(_completed(client, accepted["uuid"])["result_url"]).content
    assert listener.word_error_rate(audio, text, language="es") <= 0.2


def test_a_french_text_is_read_as_french_though_an_english_voice_was_chosen(
    platform: RunningPlatform, key: str, listener: Listener
) -> None:
    text = "Demain matin, nous irons au marché avec nos amis."
    with platform.client(key) as client:
        audio = client.post("/v1/audio/speech", json={"model": "tts-1", "input": text, "voice": "alloy"}).content
    assert listener.word_error_rate(audio, text, language="fr") <= 0.2


def test_markup_is_heard_and_its_words_are_timed(platform: RunningPlatform, key: str, listener: Listener) -> None:
    text = 'The <sub alias="World Wide Web">WWW</sub> was invented by a <emphasis level="strong">quiet</emphasis> man.<break time="1s"/> Really.'
    with platform.client(key) as client:
        accepted = client.post("/v1/tts/", json={"text": text, "voice": "am_michael"}).json()
        audio = client.get(_completed(client, accepted["uuid"])["result_url"]).content
        words = client.get("/v1/speech/results/", params={"uuid": accepted["uuid"], "timestamps": "words"}).json()["words"]
    assert listener.word_error_rate(audio, "The World Wide Web was invented by a quiet man. Really.") <= 0.2
    assert [word["word"].strip(".") for word in words] == ["The", "WWW", "was", "invented", "by", "a", "quiet", "man", "Really"]
    assert words[-1]["start"] - words[-2]["end"] >= 0.9

"""OpenAI's official packages, unchanged: Python's in all its forms, JavaScript's, and litellm over them. What is spoken is transcribed."""

import asyncio
import base64
import io
import json
import shutil
import subprocess
import wave
from pathlib import Path
from typing import Any

import httpx
import jiwer
import openai
import pytest

from tests.clients import OpenAIMaker
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
CLEAR = 0.16
FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
NODE = Path(__file__).parent / "openai_node"
CLIENTS = Path(__file__).parents[2] / ".venv" / "clients" / "bin" / "python"
"""Environment of requirements/clients.in."""
LITELLM = """
import asyncio, json, sys, litellm, openai
base, key, folder, text = sys.argv[1:]
named = {"api_base": base, "api_key": key}
audio = litellm.speech(model="openai/tts-1", voice="alloy", input=text, response_format="flac", **named)
open(f"{folder}/litellm.flac", "wb").write(audio.content)
later = asyncio.run(litellm.aspeech(model="openai/gpt-4o-mini-tts", voice="coral", input=text, response_format="wav", **named))
open(f"{folder}/litellm.wav", "wb").write(later.content)
heard = litellm.transcription(model="openai/whisper-1", file=open(f"{folder}/litellm.flac", "rb"), **named)
try:
    litellm.speech(model="openai/tts-1", voice="alloy", input=text, api_base=base, api_key="sk-tts-wrong")
except openai.AuthenticationError as error:
    refusal = error.status_code
print(json.dumps({"text": heard.text, "refusal": refusal}))
"""


@pytest.fixture(scope="module")
def key(platform: RunningPlatform) -> str:
    return platform.key("openai@example.com", plan="enterprise")


def word_errors(heard: str) -> float:
    return float(jiwer.wer(plain_words(TEXT), plain_words(heard)))


def as_file(audio: bytes, audio_format: str) -> bytes:
    """The audio as a file; pcm is 16-bit at 24 kHz without a header."""
    if audio_format != "pcm":
        return audio
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(24_000)
        written.writeframes(audio)
    return file.getvalue()


@pytest.mark.parametrize("audio_format", FORMATS)
def test_python_package_streams_speech_in_each_format(
    platform: RunningPlatform, key: str, listener: Listener, openai_of: OpenAIMaker, audio_format: Any
) -> None:
    speech = openai_of(key, platform.url).audio.speech.with_streaming_response
    with speech.create(model="gpt-4o-mini-tts", voice="coral", input=TEXT, response_format=audio_format) as answer:
        pieces = list(answer.iter_bytes())
    assert listener.word_error_rate(as_file(b"".join(pieces), audio_format), TEXT) <= CLEAR


def test_python_package_streams_speech_as_events(platform: RunningPlatform, key: str, listener: Listener, openai_of: OpenAIMaker) -> None:
    speech = openai_of(key, platform.url).audio.speech.with_streaming_response
    with speech.create(model="gpt-4o-mini-tts", voice="sage", input=TEXT, response_format="mp3", stream_format="sse") as answer:
        events = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]
    audio = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
    assert {event["type"] for event in events[:-1]} == {"speech.audio.delta"}
    assert len(events) > 2
    assert (events[-1]["type"], events[-1]["usage"]["input_tokens"]) == ("speech.audio.done", len(TEXT))
    assert 3 < events[-1]["usage"]["output_tokens"] / 20 < 8
    assert listener.word_error_rate(audio, TEXT) <= CLEAR


def test_asynchronous_python_package_speaks_and_transcribes_at_once(platform: RunningPlatform, key: str) -> None:
    async def use() -> tuple[list[str], list[str], str]:
        async with openai.AsyncOpenAI(api_key=key, base_url=f"{platform.url}/v1", max_retries=0, timeout=120) as client:
            speak = client.audio.speech.with_streaming_response.create
            async with speak(model="tts-1", voice="nova", input=TEXT, response_format="flac") as answer:
                audio = b"".join([piece async for piece in answer.iter_bytes()])
            stream = await client.audio.transcriptions.create(model="gpt-4o-transcribe", file=("a.flac", audio), stream=True)
            events = [event async for event in stream]
            whole = await client.audio.transcriptions.create(model="whisper", file=("a.flac", audio))
            deltas = [event.delta for event in events if event.type == "transcript.text.delta"]
            return [event.type for event in events], deltas, whole.text

    types, deltas, text = asyncio.run(use())
    assert types == ["transcript.text.delta"] * (len(types) - 1) + ["transcript.text.done"]
    assert "".join(deltas) == text
    assert word_errors(text) <= CLEAR


def test_speech_of_more_characters_than_openai_takes_begins_at_once(platform: RunningPlatform, key: str) -> None:
    sentence = f"{TEXT} "
    body = {"model": "kokoro", "voice": "alloy", "input": sentence * (12_000 // len(sentence)), "response_format": "pcm"}
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.stream("POST", f"{platform.url}/v1/audio/speech", json=body, headers=headers, timeout=120) as answer:
        assert answer.status_code == 200
        assert len(next(answer.iter_bytes())) > 0
        assert "content-length" not in answer.headers


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node is not installed")
def test_javascript_package_speaks_transcribes_and_raises_its_errors(
    platform: RunningPlatform, key: str, listener: Listener, tmp_path: Path
) -> None:
    for name in ("client.mjs", "package.json"):
        shutil.copy(NODE / name, tmp_path)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], check=True, cwd=tmp_path, timeout=300)
    command = ["node", "client.mjs", f"{platform.url}/v1", key, str(tmp_path), TEXT]
    reported = json.loads(subprocess.run(command, check=True, cwd=tmp_path, timeout=300, stdout=subprocess.PIPE).stdout)
    for audio_format in FORMATS:
        audio = as_file((tmp_path / f"speech.{audio_format}").read_bytes(), audio_format)
        assert listener.word_error_rate(audio, TEXT) <= CLEAR, audio_format
    assert listener.word_error_rate((tmp_path / "events.wav").read_bytes(), TEXT) <= CLEAR
    assert reported["speechEvents"]["count"] > 1
    assert reported["speechEvents"]["last"]["usage"]["input_tokens"] == len(TEXT)
    assert {"x-request-id", "openai-processing-ms", "x-ratelimit-remaining-requests"} <= set(reported["headers"])
    deltas = [event["delta"] for event in reported["stream"] if event["type"] == "transcript.text.delta"]
    assert (reported["stream"][-1]["type"], reported["stream"][-1]["text"]) == ("transcript.text.done", "".join(deltas))
    assert {segment["speaker"] for segment in reported["diarized"]["segments"]} == {"A"}
    words = " ".join(word["word"] for word in reported["verbose"]["words"])
    for heard in (reported["json"], reported["text"], reported["verbose"]["text"], words, "".join(deltas), reported["translation"]):
        assert word_errors(heard) <= CLEAR
    assert "-->" in reported["srt"]
    assert {"tts-1", "gpt-4o-mini-tts", "whisper-1", "kokoro"} <= set(reported["models"])
    assert (reported["alias"]["id"], reported["alias"]["object"]) == ("gpt-4o-mini-tts", "model")
    assert reported["refusals"] == [
        {"name": "NotFoundError", "status": 404, "code": "model_not_found", "param": None},
        {"name": "AuthenticationError", "status": 401, "code": "invalid_api_key", "param": None},
        {"name": "BadRequestError", "status": 400, "code": "unknown_voice", "param": "voice"},
        {"name": "BadRequestError", "status": 400, "code": "not_supported", "param": "include"},
    ]


def test_litellm_speaks_and_transcribes_through_openais_names(
    platform: RunningPlatform, key: str, listener: Listener, tmp_path: Path
) -> None:
    command = [str(CLIENTS), "-c", LITELLM, f"{platform.url}/v1", key, str(tmp_path), TEXT]
    reported = json.loads(subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    for name in ("litellm.flac", "litellm.wav"):
        assert listener.word_error_rate((tmp_path / name).read_bytes(), TEXT) <= CLEAR
    assert word_errors(reported["text"]) <= CLEAR
    assert reported["refusal"] == 401

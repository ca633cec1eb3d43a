"""ElevenLabs' official packages and LiveKit's plugin for it, unchanged, with real models. What is spoken is transcribed."""

import asyncio
import base64
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jiwer
import numpy as np
import pytest
import soundfile
from elevenlabs import DialogueInput, MultichannelSpeechToTextResponseModel, SpeechToTextChunkResponseModel
from elevenlabs.client import ElevenLabs
from elevenlabs.realtime.connection import RealtimeEvents
from elevenlabs.realtime.scribe import AudioFormat, CommitStrategy, ScribeRealtime

from tests.compat.elevenlabs.javascript import install_programs, run_program
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
CLEAR = 0.16
ANSWER = "Passengers without a ticket pay twice the price."
RACHEL, ADAM = "21m00Tcm4TlvDq8ikWAM", "pNInz6obpgDQGcFmaJgB"
LIVEKIT = Path(__file__).parents[1] / "flows" / "clients" / "elevenlabs_livekit_client.py"
CLIENTS = Path(__file__).parents[2] / ".venv" / "clients" / "bin" / "python"
"""Environment of requirements/clients.in."""


@pytest.fixture(scope="module")
def key(platform: RunningPlatform) -> str:
    return platform.key("elevenlabs@example.com", plan="enterprise")


def word_errors(heard: str) -> float:
    return float(jiwer.wer(plain_words(TEXT), plain_words(heard)))


@pytest.fixture
def client(platform: RunningPlatform, key: str) -> Iterator[ElevenLabs]:
    with httpx.Client(timeout=240) as http:
        yield ElevenLabs(api_key=key, base_url=platform.url, httpx_client=http)


def test_python_package_speaks_aligns_and_transcribes(client: ElevenLabs, listener: Listener) -> None:
    audio = b"".join(client.text_to_speech.convert(RACHEL, text=TEXT))
    assert listener.word_error_rate(audio, TEXT) <= CLEAR
    timed = client.text_to_speech.convert_with_timestamps(RACHEL, text=TEXT)
    assert timed.alignment is not None
    assert "".join(timed.alignment.characters) == TEXT
    assert timed.alignment.character_start_times_seconds == sorted(timed.alignment.character_start_times_seconds)
    heard = client.speech_to_text.convert(model_id="scribe_v1", file=("a.mp3", audio), diarize=True)
    assert isinstance(heard, SpeechToTextChunkResponseModel)
    assert heard.language_code == "eng"
    assert word_errors(heard.text) <= CLEAR
    assert word_errors("".join(word.text for word in heard.words)) <= CLEAR
    changed = b"".join(client.speech_to_speech.convert("pNInz6obpgDQGcFmaJgB", audio=("a.mp3", audio)))
    assert listener.word_error_rate(changed, TEXT) <= 2 * CLEAR
    isolated = b"".join(client.audio_isolation.convert(audio=("a.mp3", audio)))
    assert listener.word_error_rate(isolated, TEXT) <= CLEAR


def test_python_package_clones_a_voice_and_speaks_with_it(client: ElevenLabs, listener: Listener) -> None:
    sample = b"".join(client.text_to_speech.convert(RACHEL, text=TEXT))
    voice = client.voices.ivc.create(name="Ada", files=[("sample.mp3", sample)])
    assert client.voices.get(voice.voice_id).name == "Ada"
    assert listener.word_error_rate(b"".join(client.text_to_speech.convert(voice.voice_id, text=TEXT)), TEXT) <= CLEAR
    client.voices.delete(voice.voice_id)
    assert voice.voice_id not in {one.voice_id for one in client.voices.get_all().voices}


def test_python_package_speaks_dialogues_in_real_voices(client: ElevenLabs, listener: Listener) -> None:
    turns = [DialogueInput(text=f"{TEXT} ", voice_id=RACHEL), DialogueInput(text=ANSWER, voice_id=ADAM)]
    audio = b"".join(client.text_to_dialogue.convert(inputs=turns))
    assert listener.word_error_rate(audio, f"{TEXT} {ANSWER}") <= CLEAR
    timed = client.text_to_dialogue.convert_with_timestamps(inputs=turns)
    assert timed.alignment is not None
    assert "".join(timed.alignment.characters) == f"{TEXT} {ANSWER}"
    assert [(one.voice_id, one.dialogue_input_index) for one in timed.voice_segments] == [(RACHEL, 0), (ADAM, 1)]
    assert 0.0 < timed.voice_segments[0].end_time_seconds <= timed.voice_segments[1].start_time_seconds


def test_python_package_transcribes_in_real_time(platform: RunningPlatform, key: str, client: ElevenLabs) -> None:
    audio = b"".join(client.text_to_speech.convert(RACHEL, text=TEXT, output_format="pcm_16000"))
    messages = asyncio.run(transcribe_live(platform.url, key, audio))
    committed = [message["text"] for message in messages if message["message_type"] == "committed_transcript"]
    assert word_errors(" ".join(committed)) <= CLEAR
    timed = messages[-1]["words"]
    starts = [word["start"] for word in timed if word["type"] == "word"]
    assert len(starts) > 10
    assert starts == sorted(starts)
    partial = [message["text"] for message in messages if message["message_type"] == "partial_transcript"]
    assert "first train" in plain_words(partial[-1])


async def transcribe_live(url: str, key: str, audio: bytes) -> list[dict[str, Any]]:
    """Messages of a connection: the first half of the audio, then the rest once a partial transcript has come."""
    messages: list[dict[str, Any]] = []
    has_partial, is_over = asyncio.Event(), asyncio.Event()

    def take(message: dict[str, Any]) -> None:
        messages.append(message)
        if message["message_type"] == "partial_transcript" and message["text"]:
            has_partial.set()
        if message["message_type"] == "committed_transcript_with_timestamps":
            is_over.set()

    shape: Any = {"model_id": "scribe_v2_realtime", "audio_format": AudioFormat.PCM_16000, "sample_rate": 16_000}
    scribe = ScribeRealtime(api_key=key, base_url=url)
    connection = await scribe.connect({**shape, "commit_strategy": CommitStrategy.MANUAL, "include_timestamps": True})
    for event in RealtimeEvents:
        if event not in {RealtimeEvents.OPEN, RealtimeEvents.CLOSE}:
            connection.on(event, take)
    middle = len(audio) // 4 * 2
    async with asyncio.timeout(120):
        for half, awaited in ((audio[:middle], has_partial), (audio[middle:], None)):
            for start in range(0, len(half), 16_000):
                await connection.send({"audio_base_64": base64.b64encode(half[start : start + 16_000]).decode()})
            if awaited is not None:
                await awaited.wait()
        await connection.commit()
        await is_over.wait()
    await connection.close()
    return messages


def test_python_package_transcribes_each_channel_of_a_recording(client: ElevenLabs) -> None:
    spoken = [
        soundfile.read(io.BytesIO(b"".join(client.text_to_speech.convert(voice, text=text, output_format="wav_24000"))))[0]
        for voice, text in ((RACHEL, TEXT), (ADAM, ANSWER))
    ]
    stereo = np.zeros((max(map(len, spoken)), 2), np.float32)
    for channel, samples in enumerate(spoken):
        stereo[: len(samples), channel] = samples
    recording = io.BytesIO()
    soundfile.write(recording, stereo, 24_000, format="WAV")
    heard = client.speech_to_text.convert(model_id="scribe_v1", file=("a.wav", recording.getvalue()), use_multi_channel=True)
    assert isinstance(heard, MultichannelSpeechToTextResponseModel)
    assert [one.channel_index for one in heard.transcripts] == [0, 1]
    assert [jiwer.wer(plain_words(text), plain_words(one.text)) for text, one in zip((TEXT, ANSWER), heard.transcripts, strict=True)] == [
        pytest.approx(0.0, abs=CLEAR)
    ] * 2


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the JavaScript package and the programs that use it."""
    return install_programs(tmp_path_factory.mktemp("node"))


def test_javascript_package_speaks_and_transcribes(platform: RunningPlatform, key: str, listener: Listener, node: Path) -> None:
    reported = json.loads(run_program(node, "client.mjs", platform.url, key, str(node), TEXT))
    assert listener.word_error_rate((node / "node.mp3").read_bytes(), TEXT) <= CLEAR
    assert (reported["characters"], reported["voices"], reported["history"]) == (TEXT, [RACHEL], 2)
    assert word_errors(reported["heard"]) <= CLEAR
    assert {"eleven_multilingual_v2", "eleven_flash_v2_5"} <= set(reported["models"])
    assert reported["refusal"] == {"status": 404, "word": "voice_not_found"}


def test_javascript_package_streams_edits_voices_and_changes_sounds(
    platform: RunningPlatform, key: str, listener: Listener, node: Path
) -> None:
    reported = json.loads(run_program(node, "voices.mjs", platform.url, key, str(node), TEXT))
    for name, text, most in (
        ("stream", TEXT, CLEAR),
        ("timed", TEXT, CLEAR),
        ("dialogue", f"{TEXT} {TEXT}", CLEAR),
        ("changed", TEXT, 2 * CLEAR),
        ("isolated", TEXT, CLEAR),
        ("own", TEXT, CLEAR),
    ):
        assert listener.word_error_rate((node / f"{name}.mp3").read_bytes(), text) <= most, name
    assert (reported["streamed"], reported["turns"]) == (TEXT, [RACHEL, ADAM])
    assert reported["voice"] == {"name": "Lady Ada", "description": "A reader", "accent": "british", "category": "cloned"}
    assert (reported["speed"], reported["defaultSpeed"], reported["deleted"], reported["left"]) == (0.9, 1.0, "ok", 0)
    assert (node / "played.mp3").read_bytes()
    assert reported["newest"] == TEXT
    assert reported["user"]
    assert reported["limit"] > 0


def test_livekit_plugin_speaks_over_http_and_its_socket(platform: RunningPlatform, key: str, listener: Listener, tmp_path: Path) -> None:
    command = [str(CLIENTS), str(LIVEKIT), platform.url, key, str(tmp_path), TEXT]
    reported = json.loads(subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    for name in ("whole.wav", "streamed.wav"):
        assert listener.word_error_rate((tmp_path / name).read_bytes(), TEXT) <= CLEAR
    assert reported["words"] > 0

"""ElevenLabs' official packages and LiveKit's plugin for it, unchanged, with real models. What is spoken is transcribed."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import jiwer
import pytest
from elevenlabs import SpeechToTextChunkResponseModel
from elevenlabs.client import ElevenLabs

from tests.compat.elevenlabs.javascript import install_programs, run_program
from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

TEXT = "The first train leaves before sunrise, and the last one returns after midnight."
CLEAR = 0.16
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


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the JavaScript package and the programs that use it."""
    return install_programs(tmp_path_factory.mktemp("node"))


def test_javascript_package_speaks_and_transcribes(platform: RunningPlatform, key: str, listener: Listener, node: Path) -> None:
    told = json.loads(run_program(node, "client.mjs", platform.url, key, str(node), TEXT))
    assert listener.word_error_rate((node / "node.mp3").read_bytes(), TEXT) <= CLEAR
    assert (told["characters"], told["voices"], told["history"]) == (TEXT, [RACHEL], 2)
    assert word_errors(told["heard"]) <= CLEAR
    assert {"eleven_multilingual_v2", "eleven_flash_v2_5"} <= set(told["models"])
    assert told["refusal"] == {"status": 404, "word": "voice_not_found"}


def test_javascript_package_streams_edits_voices_and_changes_sounds(
    platform: RunningPlatform, key: str, listener: Listener, node: Path
) -> None:
    told = json.loads(run_program(node, "voices.mjs", platform.url, key, str(node), TEXT))
    for name, text, most in (
        ("stream", TEXT, CLEAR),
        ("timed", TEXT, CLEAR),
        ("dialogue", f"{TEXT} {TEXT}", CLEAR),
        ("changed", TEXT, 2 * CLEAR),
        ("isolated", TEXT, CLEAR),
        ("own", TEXT, CLEAR),
    ):
        assert listener.word_error_rate((node / f"{name}.mp3").read_bytes(), text) <= most, name
    assert (told["streamed"], told["turns"]) == (TEXT, [RACHEL, ADAM])
    assert told["voice"] == {"name": "Lady Ada", "description": "A reader", "accent": "british", "category": "cloned"}
    assert (told["speed"], told["defaultSpeed"], told["deleted"], told["left"]) == (0.9, 1.0, "ok", 0)
    assert (node / "played.mp3").read_bytes()
    assert told["newest"] == TEXT
    assert told["user"]
    assert told["limit"] > 0


def test_livekit_plugin_speaks_over_http_and_its_socket(platform: RunningPlatform, key: str, listener: Listener, tmp_path: Path) -> None:
    command = [str(CLIENTS), str(LIVEKIT), platform.url, key, str(tmp_path), TEXT]
    told = json.loads(subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE).stdout.splitlines()[-1])
    for name in ("whole.wav", "streamed.wav"):
        assert listener.word_error_rate((tmp_path / name).read_bytes(), TEXT) <= CLEAR
    assert told["words"] > 0

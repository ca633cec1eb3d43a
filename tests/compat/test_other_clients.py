"""Clients of OpenAI-compatible servers: requests of Open WebUI, LiveKit's plugin and the official package, and the responses they need."""

import base64
import json
from typing import Any

import httpx
import openai
import pytest

from apps.catalog.starting_stand_ins import OPENAI_VOICES, STARTING_STAND_INS
from apps.jobs.models import Job
from tests.clients import OpenAIMaker
from tests.factories_jobs import AUDIO, announce, engine_spec
from tests.speech.people import Person, working
from tests.transcription.conftest import WHISPER
from tests.web.shell import RunningShell
from workers.contract.engines import VoiceSpec

JOE = VoiceSpec("joe", name="Joe", language="en-us", gender="male")
LIVEKIT_SPEECH = {
    "input": "Hello there.",
    "model": "gpt-4o-mini-tts",
    "voice": "ash",
    "response_format": "mp3",
    "speed": 1.0,
    "stream_format": "sse",
}
"""Default body of livekit-plugins-openai 1.8.9 (livekit/plugins/openai/tts.py, ChunkedStream._run)."""
LIVEKIT_AUDIO = frozenset({"audio/mpeg", "audio/mp3", "audio/aac", "audio/flac", "audio/wav", "audio/opus", "audio/ogg", "audio/pcm"})
"""Content types whose body the plugin decodes directly; it reads events from `text/event-stream` alone."""
RETRIEVABLE = sorted(name for name, row in STARTING_STAND_INS.items() if row.get("kind", "tts") in {"tts", "stt"})
"""Documented models that the announced ones stand in for; converters and separators have none here."""


@pytest.fixture(autouse=True)
def _models(_platform: None) -> None:
    announce(engine_spec(), engine_spec("piper", voices=(JOE,), default_voice="joe"), engine_spec("whisper", **WHISPER))


@pytest.mark.parametrize("prefix", ["/v1", "/api/v1"])
def test_open_webui_fills_its_menus_without_a_key(nobody: Person, prefix: str) -> None:
    models = {model["id"]: model["name"] for model in nobody.get(f"{prefix}/audio/models").json()["models"]}
    voices = {voice["id"]: voice["name"] for voice in nobody.get(f"{prefix}/audio/voices").json()["voices"]}
    assert (models["kokoro"], models["piper"], models["tts-1"], models["melotts"]) == ("Kokoro", "Piper", "OpenAI tts-1", "MeloTTS")
    assert "whisper-1" not in models
    assert (voices["alloy"], voices["af_bella"], voices["joe"]) == ("Alloy", "Bella (kokoro)", "Joe (piper)")


def test_tts_1_speaks_with_every_voice_that_is_listed(owner: Person) -> None:
    listed = [voice["id"] for voice in owner.get("/v1/audio/voices").json()["voices"]]
    assert set(OPENAI_VOICES) < set(listed)
    for voice in listed:
        answer = owner.post("/v1/audio/speech?async=1", {"model": "tts-1", "voice": voice, "input": "Hi."})
        assert answer.status_code == 200, (voice, answer.content)
        assert Job.objects.get(uuid=answer.json()["uuid"]).engine_id == ("piper" if voice == "joe" else "kokoro")


@pytest.mark.parametrize(
    ("model", "voice", "is_listed"), [("piper", "joe", True), ("piper", "af_bella", False), ("tts-1", "joe", True), ("vits", "joe", True)]
)
def test_voices_are_listed_for_one_model(owner: Person, model: str, voice: str, is_listed: bool) -> None:
    listed = {entry["id"] for entry in owner.get("/v1/audio/voices", model=model).json()["voices"]}
    assert (voice in listed, set(OPENAI_VOICES) < listed) == (is_listed, True)


def test_a_model_that_is_not_there_has_no_voices(owner: Person) -> None:
    answer = owner.get("/v1/audio/voices", model="nothing")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_model")


def test_the_official_package_lists_and_retrieves_every_documented_model(
    server: RunningShell, owner: Person, openai_of: OpenAIMaker
) -> None:
    package = openai_of(owner.key, server.url)
    listed = {model.id: model for model in package.models.list()}
    assert set(RETRIEVABLE) <= set(listed)
    for name in ("whisper-1", "tts-1", "gpt-4o-mini-tts", "gpt-4o-transcribe", "chatterbox", "kokoro"):
        model = package.models.retrieve(name)
        assert (model.id, model.object, model.owned_by, model.created) == (name, "model", "ttsai", listed[name].created)
    with pytest.raises(openai.NotFoundError, match="nothing"):
        package.models.retrieve("nothing")


@pytest.mark.parametrize("name", RETRIEVABLE)
def test_every_model_that_is_accepted_is_retrieved_under_both_prefixes(nobody: Person, name: str) -> None:
    for prefix in ("/v1", "/api/v1"):
        answer = nobody.get(f"{prefix}/models/{name}")
        assert (answer.status_code, answer.json()["id"]) == (200, name)


def test_livekit_event_stream_request_gets_events_with_the_audio(server: RunningShell, owner: Person) -> None:
    with working():
        answer = httpx.post(
            f"{server.url}/v1/audio/speech", json={**LIVEKIT_SPEECH, "response_format": "pcm"}, headers=owner.headers, timeout=60
        )
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
    *deltas, done = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    assert b"".join(base64.b64decode(delta["audio"]) for delta in deltas) == AUDIO
    characters = len(str(LIVEKIT_SPEECH["input"]))
    usage = {"input_tokens": characters, "output_tokens": 3, "total_tokens": characters + 3}
    assert done == {"type": "speech.audio.done", "usage": usage}
    assert (answer.headers["x-model-used"], Job.objects.get().params["asked_model"]) == ("kokoro", "gpt-4o-mini-tts")


@pytest.mark.parametrize("name", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_every_format_of_livekits_plugin_has_a_content_type_that_it_decodes(owner: Person, server: RunningShell, name: str) -> None:
    body: dict[str, Any] = {**LIVEKIT_SPEECH, "response_format": name, "stream_format": "audio"}
    with working():
        answer = httpx.post(f"{server.url}/v1/audio/speech", json=body, headers=owner.headers, timeout=60)
    assert answer.headers["content-type"].split(";")[0] in LIVEKIT_AUDIO


def test_audio_headers_tell_of_a_stand_in_in_ascii(server: RunningShell, owner: Person) -> None:
    body = {"model": "chatterbox", "voice": "Zo\u00eb \u58f0", "input": "Hi."}
    with working():
        answer = httpx.post(f"{server.url}/v1/audio/speech", json=body, headers=owner.headers, timeout=60)
    assert (answer.status_code, answer.headers["x-model-used"]) == (200, "kokoro")
    assert "model: chatterbox is not installed here; kokoro was used." in answer.headers["x-warning"]
    assert "Zo\\xeb \\u58f0" in answer.headers["x-warning"]

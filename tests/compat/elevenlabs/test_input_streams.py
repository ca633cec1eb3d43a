"""Text that arrives in pieces over ElevenLabs' WebSockets."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from apps.jobs.models import Job
from tests.compat.elevenlabs.test_speech import RACHEL, SPOKEN_PCM
from tests.compat.realtime.talking import ANSWER, talking
from tests.speech.people import Person
from tests.web.shell import RunningShell


def open_socket(server: RunningShell, key: str, *, name: str = "stream-input", voice: str = RACHEL, query: str = "") -> ClientConnection:
    address = f"{server.url.replace('http', 'ws')}/v1/text-to-speech/{voice}/{name}?output_format=pcm_24000{query}"
    return connect(address, additional_headers={"xi-api-key": key} if key else {})


def received(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """Messages until the connection is closed."""
    while True:
        try:
            yield json.loads(socket.recv(timeout=60))
        except ConnectionClosed:
            return


def audio_of(messages: list[dict[str, Any]]) -> bytes:
    return b"".join(base64.b64decode(message["audio"]) for message in messages if message.get("audio"))


def characters_of(messages: list[dict[str, Any]]) -> str:
    return "".join("".join(message["alignment"]["chars"]) for message in messages if message.get("alignment"))


def test_stream_input_speaks_words_and_aligns_their_characters(server: RunningShell, owner: Person) -> None:
    with talking(), open_socket(server, owner.key) as socket:
        socket.send(json.dumps({"text": " ", "voice_settings": {"speed": 1.1}, "generation_config": {"chunk_length_schedule": [50]}}))
        for word in ("It ", "is noon, ", "good ", "bye! "):
            socket.send(json.dumps({"text": word, "try_trigger_generation": True}))
        socket.send(json.dumps({"text": ""}))
        messages = list(received(socket))
        assert socket.close_code == 1000
    assert audio_of(messages) == SPOKEN_PCM
    assert characters_of(messages).startswith("It is noon")
    assert [message["isFinal"] for message in messages][-1] is True
    assert Job.objects.get().params["speed"] == 1.1


def test_multi_stream_input_tells_contexts_apart(server: RunningShell, owner: Person) -> None:
    with talking(), open_socket(server, owner.key, name="multi-stream-input") as socket:
        for context in ("a", "b"):
            socket.send(json.dumps({"text": " ", "context_id": context}))
            socket.send(json.dumps({"text": f"{ANSWER.replace('. ', ', ')} ", "context_id": context}))
            socket.send(json.dumps({"text": "", "context_id": context, "flush": True}))
            socket.send(json.dumps({"context_id": context, "close_context": True}))
        socket.send(json.dumps({"close_socket": True}))
        messages = list(received(socket))
    for context in ("a", "b"):
        own = [message for message in messages if message["contextId"] == context]
        assert audio_of(own) == SPOKEN_PCM
        assert own[-1]["isFinal"] is True


def test_characters_that_nothing_can_keep_are_replaced_in_a_message(server: RunningShell, owner: Person) -> None:
    text = f"{ANSWER.replace('. ', ', ')}\\u0000\\ud800 "
    with talking(), open_socket(server, owner.key, name="multi-stream-input") as socket:
        socket.send(f'{{"text": "{text}", "context_id": "a\\ud800\\u0000", "flush": true}}')
        socket.send('{"close_socket": true}')
        messages = list(received(socket))
        assert socket.close_code == 1000
    assert audio_of(messages) == SPOKEN_PCM
    assert {message["contextId"] for message in messages} == {"a\ufffd"}
    assert Job.objects.get().params["text"] == "It is noon, Good bye!\ufffd "


@pytest.mark.parametrize(
    ("message", "code"),
    [(b"\x00", "invalid_message"), ("{", "invalid_message"), ('{"text": 7}', "invalid_message"), ('{"text": "a", "voice_settings": {"speed": 9}}', "invalid_message"),
     (json.dumps({"text": "x" * 60_000}), "text_too_long")],
)  # fmt: skip
def test_invalid_message_closes_the_connection_without_a_job(server: RunningShell, owner: Person, message: str | bytes, code: str) -> None:
    with open_socket(server, owner.key) as socket:
        socket.send(message)
        [refusal] = received(socket)
        assert (refusal["error"], socket.close_code) == (code, 1008)
    assert Job.objects.count() == 0


def test_unknown_voice_and_silence_close_the_connection(server: RunningShell, owner: Person) -> None:
    with open_socket(server, owner.key, voice="nobody") as socket:
        socket.send(json.dumps({"text": " "}))
        assert [message["error"] for message in received(socket)] == ["unknown_voice"]
    with open_socket(server, owner.key, query="&inactivity_timeout=1") as socket:
        assert [message["error"] for message in received(socket)] == ["input_timeout_exceeded"]
    with pytest.raises(InvalidStatus) as refused:
        open_socket(server, "sk-tts-wrong")
    assert json.loads(refused.value.response.body or b"")["detail"]["status"] == "invalid_api_key"


@pytest.mark.parametrize("name", ["stream-input", "multi-stream-input"])
@pytest.mark.parametrize("spelling", [("xi_api_key", "{}"), ("authorization", "Bearer {}")])
def test_key_of_the_first_message_opens_the_connection(server: RunningShell, owner: Person, name: str, spelling: tuple[str, str]) -> None:
    field, form = spelling
    with talking(), open_socket(server, "", name=name) as socket:
        socket.send(json.dumps({"text": " ", field: form.format(owner.key), "voice_settings": {"speed": 1.1}}))
        socket.send(json.dumps({"text": f"{ANSWER.replace('. ', ', ')} ", "flush": True}))
        socket.send(json.dumps({"text": ""} if name == "stream-input" else {"close_socket": True}))
        messages = list(received(socket))
        assert socket.close_code == 1000, messages
    assert audio_of(messages) == SPOKEN_PCM
    job = Job.objects.get()
    assert (job.account, job.params["speed"]) == (owner.account, 1.1)


@pytest.mark.parametrize("name", ["stream-input", "multi-stream-input"])
def test_first_message_with_a_number_as_its_key_ends_the_connection(server: RunningShell, name: str) -> None:
    with open_socket(server, "", name=name) as socket:
        socket.send(json.dumps({"text": " ", "xi_api_key": 5}))
        assert [message["error"] for message in received(socket)] == ["missing_api_key"]
        assert socket.close_code == 1008
    assert not Job.objects.exists()

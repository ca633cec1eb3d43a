"""The WebSocket `/tts` on a running platform: words that come slowly, and an engine that is killed in mid-sentence."""

import base64
import json
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

SENTENCES = ("The museum opens at nine in the morning. ", "It closes at seven. ", "Nobody knows why the old clock was ticking again.")
PATIENCE = 60.0


def opened(platform: RunningPlatform, **limits: Any) -> ClientConnection:
    key = platform.key("sockets@example.com", plan="enterprise", **limits)
    url = f"{platform.url.replace('http', 'ws')}/tts"
    return connect(url, additional_headers={"Authorization": f"Bearer {key}"}, open_timeout=PATIENCE, proxy=None)


def read(connection: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(connection.recv(timeout=PATIENCE)))


def rest_of(connection: ClientConnection) -> bytes:
    """Audio up to the last message."""
    audio = b""
    while not (answer := read(connection))["is_end"]:
        audio += base64.b64decode(answer["data"])
    return audio


def send_words(connection: ClientConnection, text: str, *, done: bool = False) -> None:
    for word in text.split():
        connection.send(json.dumps({"text": f"{word} ", "done": False}))
    if done:
        connection.send(json.dumps({"text": "", "done": True}))


def test_first_sentence_arrives_before_the_third_is_sent_without_loss(hearing: RunningPlatform, listener: Listener) -> None:
    with opened(hearing) as connection:
        connection.send(json.dumps({"req_params": {"prompt_id": "af_heart", "audio_format": "wav", "sample_rate": 24000}}))
        send_words(connection, SENTENCES[0] + SENTENCES[1])
        first = read(connection)
        assert (first["error"], first["is_end"]) == (False, False)
        send_words(connection, SENTENCES[2], done=True)
        audio = base64.b64decode(first["data"]) + rest_of(connection)
    heard = set(plain_words(listener.hear(audio)).split())
    assert {"museum", "opens", "morning", "closes", "nobody", "old", "clock", "ticking", "again"} <= heard


def test_engine_killed_in_mid_sentence_costs_a_pause_and_not_a_word(harmed: RunningPlatform) -> None:
    """The harmed platform's engine speaks silence of a length that follows from the text, so that a lost or repeated sentence shows."""
    lengths = []
    for is_killed in (False, True):
        with opened(harmed) as connection:
            connection.send(json.dumps({"req_params": {"model": "silence", "audio_format": "pcm", "sample_rate": 24000}}))
            number = "nine" if is_killed else "five"  # other words of the same length, so that nothing comes from the cache
            text = f"{SENTENCES[0]}{SENTENCES[1]} Number {number} is here, and it goes on for a while. {SENTENCES[2]}"
            send_words(connection, text, done=True)
            audio = base64.b64decode(read(connection)["data"])
            if is_killed:
                harmed.kill("engine")
            lengths.append(len(audio + rest_of(connection)))
    harmed.wait_until_ready()
    assert lengths[0] == lengths[1]

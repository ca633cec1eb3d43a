"""The WebSocket `/tts` on a running platform: words that come slowly, and an engine that is killed in mid-sentence."""

import base64
import json
import time
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.flows.listening import Listener, plain_words
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

SENTENCES = (
    "The museum opens at nine in the morning. ",
    "It closes at seven. ",
    "Nobody knows why the old clock was ticking again when the guards came down the stairs.",
)
PATIENCE = 60.0
WORD_SECONDS = 0.1
"""Pace of a client that hands on what it is told word by word."""


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


def heard_within(connection: ClientConnection, *, seconds: float) -> bytes:
    """Audio that arrives within so many seconds."""
    audio, end = b"", time.monotonic() + seconds
    while True:
        try:
            answer = json.loads(connection.recv(timeout=max(0.0, end - time.monotonic())))
        except TimeoutError:
            return audio
        assert (answer["error"], answer["is_end"]) == (False, False)
        audio += base64.b64decode(answer["data"])


def send_words(connection: ClientConnection, text: str, *, done: bool = False) -> None:
    for word in text.split():
        connection.send(json.dumps({"text": f"{word} ", "done": False}))
    if done:
        connection.send(json.dumps({"text": "", "done": True}))


def test_word_every_100_ms_has_its_first_sentence_heard_before_the_third_is_sent(hearing: RunningPlatform, listener: Listener) -> None:
    """The client's pace is the subject: it sends a word, then listens for 100 ms."""
    with opened(hearing) as connection:
        connection.send(json.dumps({"req_params": {"prompt_id": "af_heart", "audio_format": "wav", "sample_rate": 24000}}))
        audio, unheard_words = b"", 0
        words = "".join(SENTENCES).split()
        for word in words:
            connection.send(json.dumps({"text": f"{word} ", "done": False}))
            unheard_words += not audio
            audio += heard_within(connection, seconds=WORD_SECONDS)
        connection.send(json.dumps({"text": "", "done": True}))
        assert len(SENTENCES[0].split()) <= unheard_words < len(words)
        audio += rest_of(connection)
    heard = set(plain_words(listener.hear(audio)).split())
    assert {"museum", "opens", "morning", "closes", "nobody", "old", "clock", "ticking", "again", "stairs"} <= heard


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

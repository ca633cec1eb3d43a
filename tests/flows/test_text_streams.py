"""The WebSocket `/tts` on a running platform: words that come slowly, and an engine that is killed in mid-sentence."""

import base64
import json
import time
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.flows.listening import Listener, plain_words
from tests.flows.recordings import speak
from tests.flows.running import RunningPlatform

pytestmark = pytest.mark.prove

SENTENCES = (
    "The museum opens at nine in the morning. ",
    "It closes at seven. ",
    "Nobody knows why the old clock was ticking again when the guards came down the stairs.",
)
LONG_SENTENCE = (
    "When the rain had stopped, the old farmer opened the wooden gate, looked across the quiet valley, and called his brown dog, "
    "which came running down the hill, jumped over the narrow stream, and lay down beside the warm fire in the kitchen."
)
PATIENCE = 60.0
ENOUGH = 0.9
"""Share of a sentence's audio that ends within its last silence, or so close to it that its last word is heard."""
WORD_SECONDS = 0.1
"""Pace of a client that hands on a text word by word."""


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


def heard_until(connection: ClientConnection, *, byte_count: int) -> bytes:
    """Wait for at least so much audio, however long it takes."""
    audio = b""
    while len(audio) < byte_count:
        answer = read(connection)
        assert (answer["error"], answer["is_end"]) == (False, False)
        audio += base64.b64decode(answer["data"])
    return audio


def test_word_every_100_ms_has_its_first_sentence_heard_before_the_third_is_sent(hearing: RunningPlatform, listener: Listener) -> None:
    """The first sentence is heard to its end while the third lacks its last word. A busy machine delays that word, and changes nothing else."""
    with hearing.client(hearing.key("sockets@example.com", plan="enterprise")) as client:
        sentence_bytes = len(speak(client, SENTENCES[0].strip(), voice="af_heart"))
    *words, last_word = "".join(SENTENCES).split()
    with opened(hearing) as connection:
        connection.send(json.dumps({"req_params": {"prompt_id": "af_heart", "audio_format": "wav", "sample_rate": 24000}}))
        audio, unheard_words, unfinished_words = b"", 0, 0
        for word in words:
            connection.send(json.dumps({"text": f"{word} ", "done": False}))
            unheard_words += not audio
            unfinished_words += len(audio) < ENOUGH * sentence_bytes
            audio += heard_within(connection, seconds=WORD_SECONDS)
        audio += heard_until(connection, byte_count=round(ENOUGH * sentence_bytes) - len(audio))
        print(f"heard from word {unheard_words} on, the first sentence whole at word {unfinished_words} of {len(words) + 1}")
        before_last_word = audio
        connection.send(json.dumps({"text": last_word, "done": True}))
        audio += rest_of(connection)
    assert unheard_words >= len(SENTENCES[0].split())
    assert {"museum", "opens", "morning"} <= set(plain_words(listener.hear(before_last_word)).split())
    heard = set(plain_words(listener.hear(audio)).split())
    assert {"museum", "opens", "morning", "closes", "nobody", "old", "clock", "ticking", "again", "stairs"} <= heard


def test_engine_killed_in_mid_sentence_costs_a_pause_and_not_a_word(hearing: RunningPlatform, listener: Listener) -> None:
    """Kokoro is killed after the first chunk of a long sentence; every word is heard once, and in its place."""
    with opened(hearing) as connection:
        connection.send(json.dumps({"req_params": {"prompt_id": "af_heart", "audio_format": "wav", "sample_rate": 24000}}))
        send_words(connection, LONG_SENTENCE, done=True)
        audio = base64.b64decode(read(connection)["data"])
        killed = hearing.pids("engine")
        hearing.kill("engine")
        beginning = len(audio)
        audio += rest_of(connection)
    hearing.wait_until_ready()
    assert not set(killed) & set(hearing.pids("engine"))
    assert beginning < len(audio) / 2
    assert plain_words(listener.hear(audio)) == plain_words(LONG_SENTENCE)

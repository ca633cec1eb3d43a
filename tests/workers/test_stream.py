"""A job's live events, in a real Valkey."""

import json
import time
from typing import Any

import pytest
import redis

import workers.stream
from workers.contract.messages import PartMessage
from workers.contract.references import Address
from workers.stream import LiveEvents, PartEvents

STREAM = "job:0123:events"


def events(client: redis.Redis, *, stream: str = STREAM, has_listener: bool = True) -> PartEvents:
    message = PartMessage(
        job="0123",
        part=2,
        token="t",
        kind="speak",
        work={},
        tenant="a",
        lane="live",
        job_created_at=0,
        deadline_at=time.time() + 60,
        outputs=(),
        manifest=Address("folder", "m"),
        stream=stream,
        has_listener=has_listener,
    )
    return PartEvents(LiveEvents(client), message=message, units_total=20)


def read(client: redis.Redis) -> list[tuple[Any, bytes]]:
    return [(json.loads(fields[b"data"]), fields.get(b"audio", b"")) for _, fields in client.xrange(STREAM)]


def test_a_sentence_brings_its_audio_its_words_and_its_progress(valkey: redis.Redis) -> None:
    word = {"word": "Hi", "start": 0.0, "end": 0.2, "start_character": 0, "end_character": 2}
    part = events(valkey)
    part.publish(units_done=3, words=[word], audio=b"\x00\xff", audio_format="mp3")
    part.publish(units_done=20, audio=b"abc", audio_format="mp3")
    assert read(valkey) == [
        ({"type": "audio", "part": 2, "format": "mp3", "offset": 0}, b"\x00\xff"),
        ({"type": "words", "part": 2, "words": [word]}, b""),
        ({"type": "progress", "part": 2, "units_done": 3, "units_total": 20}, b""),
        ({"type": "audio", "part": 2, "format": "mp3", "offset": 2}, b"abc"),
        ({"type": "progress", "part": 2, "units_done": 20, "units_total": 20}, b""),
    ]
    assert 0 < valkey.ttl(STREAM) <= 900


def test_without_a_listener_there_is_no_audio(valkey: redis.Redis) -> None:
    events(valkey, has_listener=False).publish(units_done=3, audio=b"abc", audio_format="mp3")
    assert read(valkey) == [({"type": "progress", "part": 2, "units_done": 3, "units_total": 20}, b"")]


def test_no_event_is_written_without_a_stream(valkey: redis.Redis) -> None:
    events(valkey, stream="").publish(units_done=3, audio=b"abc", audio_format="mp3")
    assert valkey.keys("*") == []


def test_audio_published_live_stops_at_the_limit_with_the_position_in_the_file(
    valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.stream, "MAXIMUM_AUDIO_BYTES", 5)
    part = events(valkey)
    for done in (1, 2, 3):
        part.publish(units_done=done, audio=b"abc", audio_format="wav")
    assert [data for data, _ in read(valkey) if data["type"].startswith("audio")] == [
        {"type": "audio", "part": 2, "format": "wav", "offset": 0},
        {"type": "audio_stopped", "part": 2, "offset": 3},
    ]


def test_a_broker_that_is_away_does_not_stop_the_work(caplog: pytest.LogCaptureFixture) -> None:
    client = redis.Redis(port=9, socket_connect_timeout=1, retry=None)
    part = events(client)
    part.publish(units_done=1)
    part.publish(units_done=2)
    assert [record.getMessage() for record in caplog.records] == [f"live_events_lost stream={STREAM} error=ConnectionError"]

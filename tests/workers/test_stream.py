"""A job's live events, in a real Valkey."""

import json
import time
from typing import Any

import numpy as np
import pytest
import redis
from numpy.typing import NDArray

import workers.stream
from workers.contract.live_audio import LiveAudio
from workers.contract.messages import PartMessage
from workers.contract.names import LIVE_AUDIO_SECONDS, audio_bytes_key, audio_stream
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
    return PartEvents(LiveEvents(client), message=message, units_total=20, sample_rate=24_000)


def read(client: redis.Redis) -> list[Any]:
    return [json.loads(fields[b"data"]) for _, fields in client.xrange(STREAM)]


def read_audio(client: redis.Redis) -> list[LiveAudio]:
    return [LiveAudio.from_fields(fields) for _, fields in client.xrange(audio_stream("0123", 2))]


def samples(*values: int) -> NDArray[np.float32]:
    return np.array(values, np.float32) / 32_768


def test_sentence_is_published_as_samples_then_words_and_progress(valkey: redis.Redis) -> None:
    word = {"word": "Hi", "start": 0.0, "end": 0.2, "start_character": 0, "end_character": 2}
    part = events(valkey)
    part.publish(units_done=3, words=[word], samples=samples(1, -2))
    part.publish(units_done=20, samples=samples(3), is_last=True)
    assert read(valkey) == [
        {"type": "words", "part": 2, "words": [word]},
        {"type": "progress", "part": 2, "units_done": 3, "units_total": 20},
        {"type": "progress", "part": 2, "units_done": 20, "units_total": 20},
    ]
    assert read_audio(valkey) == [
        LiveAudio(0, 24_000, start_sample=0, units_done=3, words=(word,), samples=b"\x01\x00\xfe\xff"),
        LiveAudio(1, 24_000, start_sample=2, units_done=20, is_last=True, samples=b"\x03\x00"),
    ]
    assert (0 < valkey.ttl(STREAM) <= 900, 0 < valkey.ttl(audio_stream("0123", 2)) <= LIVE_AUDIO_SECONDS) == (True, True)
    assert valkey.get(audio_bytes_key("0123")) == b"6"


def test_part_without_a_listener_publishes_no_audio(valkey: redis.Redis) -> None:
    events(valkey, has_listener=False).publish(units_done=3, samples=samples(1))
    assert (read(valkey), read_audio(valkey)) == ([{"type": "progress", "part": 2, "units_done": 3, "units_total": 20}], [])


def test_no_event_is_written_without_a_stream(valkey: redis.Redis) -> None:
    events(valkey, stream="").publish(units_done=3, samples=samples(1))
    assert valkey.keys("*") == []


def test_live_audio_stops_when_too_much_of_the_job_is_unread(valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.stream, "LIVE_AUDIO_BYTES", 10)
    valkey.set(audio_bytes_key("0123"), 4)  # of another part
    part = events(valkey)
    for done in (1, 2, 3):
        part.publish(units_done=done, samples=samples(1, 2))
    assert [(entry.index, entry.is_cut, len(entry.samples)) for entry in read_audio(valkey)] == [(0, False, 4), (1, True, 0)]
    assert [event["units_done"] for event in read(valkey)] == [1, 2, 3]


def test_a_broker_that_is_away_does_not_stop_the_work(caplog: pytest.LogCaptureFixture) -> None:
    client = redis.Redis(port=9, socket_connect_timeout=1, retry=None)
    part = events(client)
    part.publish(units_done=1)
    part.publish(units_done=2)
    assert [record.getMessage() for record in caplog.records] == [f"live_events_lost stream={STREAM} error=ConnectionError"]

"""Messages to the platform, through a real Valkey that comes and goes."""

import os
from datetime import UTC, datetime

import pytest
import redis

from tests.workers.messages import Letter, Platform
from tests.workers.valkey_server import ValkeyServer
from workers import celery
from workers.outbox import Outbox


@pytest.fixture
def platform(valkey: redis.Redis) -> Platform:
    celery.configure(os.environ["REDIS_URL"], queue_groups=[])
    return Platform(valkey, os.environ["REDIS_URL"])


def test_messages_arrive_in_order(platform: Platform) -> None:
    outbox = Outbox(celery.app)
    for number in range(5):
        outbox.send("platform.test", payload={"number": number})
    outbox.start()
    assert outbox.wait_until_empty(5)
    assert platform.read() == [Letter("platform.test", {"number": number}, None) for number in range(5)]


def test_a_waiting_message_gives_way_to_the_newer_one_of_its_name(platform: Platform) -> None:
    outbox = Outbox(celery.app)
    outbox.send("platform.heartbeat", payload={"number": 1}, replaces="heartbeat")
    outbox.send("platform.finished", payload={"number": 2})
    outbox.send("platform.heartbeat", payload={"number": 3}, replaces="heartbeat")
    outbox.start()
    assert outbox.wait_until_empty(5)
    assert [letter.payload["number"] for letter in platform.read()] == [2, 3]


def test_an_expired_message_is_not_sent_and_a_fresh_one_carries_its_end(platform: Platform) -> None:
    outbox = Outbox(celery.app)
    outbox.send("platform.test", payload={"number": 1}, expires_seconds=-1)
    outbox.send("platform.test", payload={"number": 2}, expires_seconds=9)
    outbox.start()
    assert outbox.wait_until_empty(5)
    (letter,) = platform.read()
    assert letter.payload == {"number": 2}
    assert letter.expires is not None
    assert 5 < (datetime.fromisoformat(letter.expires) - datetime.now(UTC)).total_seconds() <= 9


def test_a_message_that_cannot_be_encoded_does_not_hold_up_the_next(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(celery.app)
    outbox.start()
    outbox.send("platform.broken", payload={"number": object()})
    outbox.send("platform.test", payload={"number": 2})
    assert outbox.wait_until_empty(5)
    assert [letter.payload for letter in platform.read()] == [{"number": 2}]
    assert "message_dropped task=platform.broken" in caplog.text


def test_messages_queued_during_an_outage_are_sent_afterwards(own_valkey: ValkeyServer) -> None:
    celery.configure(own_valkey.url, queue_groups=[])
    outbox = Outbox(celery.app)
    outbox.start()
    outbox.send("platform.test", payload={"number": 1})
    assert outbox.wait_until_empty(5)
    own_valkey.kill()
    outbox.send("platform.test", payload={"number": 2})
    outbox.send("platform.test", payload={"number": 3})
    assert not outbox.wait_until_empty(0.3)
    own_valkey.start()
    assert outbox.wait_until_empty(5)
    platform = Platform(own_valkey.client, own_valkey.url)
    assert [letter.payload["number"] for letter in platform.read()] == [2, 3]

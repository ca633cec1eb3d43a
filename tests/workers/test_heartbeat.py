"""Announcements, heartbeats, and polling for cancellations."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import redis

import workers.heartbeat
from tests.workers.messages import Platform, speak_message
from workers import broker, celery
from workers.broker import Claims
from workers.contract.messages import Announcement, InFlight, PartOutcome
from workers.contract.names import CANCEL_CHANNEL, cancel_key
from workers.heartbeat import HeartbeatSender
from workers.model_manager import ModelManager
from workers.outbox import Outbox
from workers.parts import PartRun, Parts


@dataclass
class Worker:
    heartbeats: HeartbeatSender
    parts: Parts
    outbox: Outbox
    platform: Platform

    def hold(self) -> PartRun:
        """Attempt in flight."""
        run = PartRun(speak_message("Hello."), on_stop=lambda _: None)
        assert self.parts.begin(run)
        return run

    def beat(self) -> None:
        """Deliver one heartbeat."""
        self.heartbeats.beat()
        assert self.outbox.wait_until_empty(5)


@pytest.fixture
def worker(valkey: redis.Redis) -> Iterator[Worker]:
    url = os.environ["REDIS_URL"]
    celery.configure(url, queue_groups=[])
    parts, outbox, client = Parts(), Outbox(celery.app), broker.connect(url)
    heartbeats = HeartbeatSender(
        announce=lambda: Announcement(worker="w", boot="b", device="cpu", engines=(), queues=()),
        parts=parts,
        models=ModelManager([], budget_bytes=1, idle_seconds=1),
        outbox=outbox,
        claims=Claims(client, holder="w"),
        client=client,
    )
    outbox.start()
    yield Worker(heartbeats, parts, outbox, Platform(valkey, url))
    heartbeats.send_final_heartbeat()
    heartbeats.join()
    assert outbox.wait_until_empty(5)  # what it says goodbye with must not reach the next test
    client.close()


def eventually(condition: Callable[[], bool], *, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_the_first_beat_announces_and_the_next_ones_do_not(worker: Worker) -> None:
    for _ in range(3):
        worker.beat()
    assert [letter.task for letter in worker.platform.read()] == [
        "platform.announce_worker",
        "platform.worker_heartbeat",
        "platform.worker_heartbeat",
        "platform.worker_heartbeat",
    ]
    assert all(letter.expires for letter in worker.platform.letters)


def test_heartbeat_lists_parts_in_flight_and_recent_outcomes(worker: Worker) -> None:
    held, done = worker.hold(), worker.hold()
    held.units_done = 7
    outcome = PartOutcome(job=done.message.job, part=0, token=done.message.token, worker="w", status="completed", units_done=6)
    worker.parts.end(done, outcome=outcome)
    for _ in range(3):
        worker.beat()
    heartbeats = worker.platform.heartbeats()
    assert [beat.in_flight for beat in heartbeats] == [(InFlight(held.message.token, 7),)] * 3
    assert [beat.finished for beat in heartbeats] == [(outcome,), (outcome,), ()]
    assert {(beat.worker, beat.boot, beat.is_stopping) for beat in heartbeats} == {("w", "b", False)}


def test_stopping_worker_reports_parts_in_flight_until_there_are_none(worker: Worker) -> None:
    held = worker.hold()
    worker.heartbeats.send_stopping()
    worker.beat()
    worker.heartbeats.send_final_heartbeat()
    worker.beat()
    assert worker.outbox.wait_until_empty(5)
    reported = [(beat.is_stopping, beat.in_flight) for beat in worker.platform.heartbeats()]
    assert reported[-1] == (True, ())
    assert set(reported[:-1]) <= {(True, (InFlight(held.message.token, 0),))}
    assert worker.platform.announcements() == []


def test_a_cancellation_on_the_channel_stops_the_attempt_at_once(worker: Worker, valkey: redis.Redis) -> None:
    held, other = worker.hold(), worker.hold()
    worker.heartbeats.start()

    def reported() -> bool:
        """Publish repeatedly: subscribers of a shared server's channel include other tests' workers."""
        valkey.publish(CANCEL_CHANNEL, held.message.token)
        return held.is_stopped

    assert eventually(reported)
    assert not other.is_stopped


def test_a_cancellation_that_the_channel_lost_is_found_by_the_next_beat(
    worker: Worker, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.heartbeat, "HEARTBEAT_SECONDS", 0.05)
    held, other = worker.hold(), worker.hold()
    worker.heartbeats.start()
    valkey.set(cancel_key(held.message.token), "1")
    assert eventually(lambda: held.is_stopped)
    assert not other.is_stopped

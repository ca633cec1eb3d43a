"""Detection of a stalled consumer."""

import pytest
import redis

from tests.servers import free_port
from workers import broker
from workers.watchdog import STALL_SECONDS, Watchdog


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def watchdog(client: redis.Redis, clock: Clock, gave_up: list[float], *, has_free_thread: bool = True) -> Watchdog:
    return Watchdog(
        client, queues=["q1", "q2"], has_free_thread=lambda: has_free_thread, on_stall=lambda: gave_up.append(clock.now), clock=clock
    )


def look_for(seconds: int, *, dog: Watchdog, clock: Clock) -> None:
    for _ in range(seconds):
        clock.now += 1
        dog.check()


def test_waiting_work_and_a_free_thread_and_no_message_end_the_process(valkey: redis.Redis, clock: Clock) -> None:
    gave_up: list[float] = []
    dog = watchdog(valkey, clock, gave_up)
    look_for(100, dog=dog, clock=clock)
    valkey.lpush("q2", "work")
    look_for(25, dog=dog, clock=clock)
    assert gave_up[0] == 100 + STALL_SECONDS


def test_messages_that_arrive_are_a_sign_of_life(valkey: redis.Redis, clock: Clock) -> None:
    gave_up: list[float] = []
    dog = watchdog(valkey, clock, gave_up)
    valkey.lpush("q1", "work")
    for _ in range(10):
        look_for(10, dog=dog, clock=clock)
        dog.message_arrived()
    assert gave_up == []


def test_a_full_worker_lets_work_wait(valkey: redis.Redis, clock: Clock) -> None:
    gave_up: list[float] = []
    valkey.lpush("q1", "work")
    look_for(100, dog=watchdog(valkey, clock, gave_up, has_free_thread=False), clock=clock)
    assert gave_up == []


def test_the_watchdog_ignores_an_unreachable_broker(clock: Clock) -> None:
    gave_up: list[float] = []
    look_for(22, dog=watchdog(broker.connect(f"redis://127.0.0.1:{free_port()}"), clock, gave_up), clock=clock)
    assert gave_up == []

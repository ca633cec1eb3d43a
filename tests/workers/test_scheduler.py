"""Compute threads, with work that the tests control."""

import os
import sys
import threading
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from workers.contract.names import Lane
from workers.fairness import Order
from workers.parallelism import count_spare_cores
from workers.scheduler import BULK_NICENESS, PROMPT_NICENESS, STEADY_NICENESS, SentenceScheduler

WAIT_SECONDS = 60


def order(*, lane: Lane = "normal", tenant: str = "a", group: str = "g", index: int = 0) -> Order:
    return Order(tenant=tenant, group=group, lane=lane, job_created_at=0, job="job", part=0, index=index, units=10)


class Gate:
    """Work that starts, and continues when the test releases it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.may_end.wait(WAIT_SECONDS)
        return "done"


@pytest.fixture
def scheduler() -> Any:
    made = SentenceScheduler(cores=2)
    yield made
    made.close()


def fill(scheduler: SentenceScheduler, *, lane: Lane, count: int) -> list[tuple[Gate, "Future[str]"]]:
    gates = [Gate() for _ in range(count)]
    return [(gate, scheduler.submit(order(lane=lane, index=index), work=gate)) for index, gate in enumerate(gates)]


def test_submitted_work_returns_its_result(scheduler: SentenceScheduler) -> None:
    assert scheduler.submit(order(), work=lambda: 42).result(WAIT_SECONDS) == 42


def test_error_in_a_job_is_returned_and_its_thread_survives(scheduler: SentenceScheduler) -> None:
    def fail() -> None:
        raise ValueError("no")

    for _ in range(5):
        with pytest.raises(ValueError, match="no"):
            scheduler.submit(order(), work=fail).result(WAIT_SECONDS)
    assert scheduler.submit(order(), work=lambda: 1).result(WAIT_SECONDS) == 1


def test_a_live_sentence_does_not_wait_for_bulk_on_every_core(scheduler: SentenceScheduler) -> None:
    bulk = fill(scheduler, lane="bulk", count=4)
    assert bulk[0][0].begun.wait(WAIT_SECONDS)
    assert bulk[1][0].begun.wait(WAIT_SECONDS)
    assert scheduler.submit(order(lane="live"), work=lambda: "spoken").result(WAIT_SECONDS) == "spoken"
    for gate, _ in bulk:
        gate.may_end.set()


@pytest.mark.parametrize("lane", ["normal", "bulk"])
def test_a_live_sentence_waits_for_no_work_of_less_urgent_lanes(scheduler: SentenceScheduler, lane: Lane) -> None:
    running = fill(scheduler, lane=lane, count=3)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in running[:2])
    live = fill(scheduler, lane="live", count=2)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in live)
    running[0][0].may_end.set()
    running[1][0].may_end.set()
    assert running[2][0].begun.wait(WAIT_SECONDS)  # each lane keeps a thread while more urgent work takes every core
    for gate, _ in [*running, *live]:
        gate.may_end.set()


def test_bulk_leaves_cores_to_prompt_work_and_keeps_one_itself(scheduler: SentenceScheduler) -> None:
    prompt = fill(scheduler, lane="normal", count=2)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in prompt)
    bulk = fill(scheduler, lane="bulk", count=2)
    assert bulk[0][0].begun.wait(WAIT_SECONDS)
    assert not bulk[1][0].begun.wait(0.1)
    for gate, _ in prompt:
        gate.may_end.set()
    assert bulk[1][0].begun.wait(WAIT_SECONDS)
    for gate, _ in bulk:
        gate.may_end.set()


def test_a_sentence_waits_for_what_runs_and_not_for_the_queue_of_another(scheduler: SentenceScheduler) -> None:
    running = fill(scheduler, lane="normal", count=2)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in running)
    flood = fill(scheduler, lane="normal", count=200)
    single = scheduler.submit(order(tenant="b"), work=lambda: "spoken")
    running[0][0].may_end.set()
    assert single.result(WAIT_SECONDS) == "spoken"
    for gate, _ in [*running, *flood]:
        gate.may_end.set()


def test_a_dropped_group_is_cancelled_and_what_runs_ends(scheduler: SentenceScheduler) -> None:
    running = fill(scheduler, lane="normal", count=2)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in running)
    waiting = scheduler.submit(order(group="other", index=9), work=lambda: 1)
    assert scheduler.drop("other") == 1
    with pytest.raises(CancelledError):
        waiting.result(WAIT_SECONDS)
    assert scheduler.waiting == 0
    for gate, future in running:
        gate.may_end.set()
        assert future.result(WAIT_SECONDS) == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="niceness belongs to a thread on Linux only")
def test_lanes_have_falling_priorities_below_that_of_the_process(scheduler: SentenceScheduler) -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    own = niceness()
    assert scheduler.submit(order(lane="live"), work=niceness).result(WAIT_SECONDS) == own + PROMPT_NICENESS
    assert scheduler.submit(order(), work=niceness).result(WAIT_SECONDS) == own + STEADY_NICENESS
    assert scheduler.submit(order(lane="bulk"), work=niceness).result(WAIT_SECONDS) == own + BULK_NICENESS
    assert niceness() == own


def test_closed_scheduler_refuses_new_work() -> None:
    scheduler = SentenceScheduler(cores=1)
    scheduler.close()
    with pytest.raises(RuntimeError, match="closed"):
        scheduler.submit(order(), work=lambda: 1)


def ask_spare_cores(scheduler: SentenceScheduler, *, lane: Lane = "normal") -> int:
    """Spare cores in the view of one more piece of work."""
    return scheduler.submit(order(lane=lane), work=count_spare_cores).result(WAIT_SECONDS)


@pytest.mark.parametrize("lane", ["live", "normal", "bulk"])
def test_piece_that_computes_alone_may_use_all_cores(scheduler: SentenceScheduler, lane: Lane) -> None:
    assert ask_spare_cores(scheduler, lane=lane) == 1
    assert scheduler.spare_cores == 0
    assert count_spare_cores() == 0


def test_piece_beside_others_computes_in_one_thread_until_they_end(scheduler: SentenceScheduler) -> None:
    reported, may_ask_again = [], threading.Event()

    def ask_twice() -> None:
        reported.append(count_spare_cores())
        assert may_ask_again.wait(WAIT_SECONDS)
        reported.append(count_spare_cores())

    ((gate, other),) = fill(scheduler, lane="normal", count=1)
    assert gate.begun.wait(WAIT_SECONDS)
    asking = scheduler.submit(order(index=5), work=ask_twice)
    while not reported:
        threading.Event().wait(0.001)
    gate.may_end.set()
    other.result(WAIT_SECONDS)
    while scheduler.spare_cores == 0:  # the thread of the other piece settles after its result
        threading.Event().wait(0.001)
    may_ask_again.set()
    asking.result(WAIT_SECONDS)
    assert reported == [0, 1]


def test_a_live_piece_learns_of_cores_that_less_urgent_work_takes(scheduler: SentenceScheduler) -> None:
    bulk = fill(scheduler, lane="bulk", count=3)
    assert all(gate.begun.wait(WAIT_SECONDS) for gate, _ in bulk[:2])
    assert ask_spare_cores(scheduler, lane="live") == 1
    for gate, _ in bulk:
        gate.may_end.set()


def test_waiting_work_leaves_no_spare_cores_and_several_pieces_share_them() -> None:
    wide = SentenceScheduler(cores=7)
    running = fill(wide, lane="normal", count=2)
    for gate, _ in running:
        assert gate.begun.wait(WAIT_SECONDS)
    assert wide.spare_cores == 2
    more = fill(wide, lane="normal", count=9)
    assert wide.spare_cores == 0
    for gate, _ in (*running, *more):
        gate.may_end.set()
    wide.close()

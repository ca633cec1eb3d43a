"""The loop that keeps a few pieces of a part's work in flight, on real compute threads."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest

from workers.contract.messages import Address, PartMessage
from workers.parts import PartRun, PartStoppedError
from workers.scheduler import SentenceScheduler
from workers.tasks.scheduling import compute_in_order, sentence_order

WAIT_SECONDS = 60


@pytest.fixture
def scheduler() -> Iterator[SentenceScheduler]:
    made = SentenceScheduler(cores=1)
    yield made
    made.close()


@pytest.fixture
def run() -> PartRun:
    message = PartMessage(
        job="j",
        part=0,
        token="t",
        kind="speak",
        work={},
        tenant="a",
        lane="normal",
        job_created_at=0,
        deadline_at=time.time() + 60,
        outputs=(),
        manifest=Address("folder", "b"),
    )
    return PartRun(message, on_stop=lambda token: None)


def resolved(value: int) -> "Future[int]":
    future: Future[int] = Future()
    future.set_result(value)
    return future


def test_compute_in_order_yields_each_item_with_its_result(scheduler: SentenceScheduler, run: PartRun) -> None:
    def submit(item: int) -> "Future[int]":
        return scheduler.submit(sentence_order(run.message, index=item, units=1), work=lambda: item * item)

    found = compute_in_order(run, scheduler=scheduler, items=range(5), submit=submit)
    assert list(found) == [(0, 0), (1, 1), (2, 4), (3, 9), (4, 16)]


@pytest.mark.parametrize(
    ("at_once", "is_first_alone", "expected"),
    [
        (None, False, [2, 3, 4, 4, 4]),
        (3, False, [3, 4, 4, 4, 4]),
        (1, False, [1, 2, 3, 4, 4]),
        (3, True, [1, 4, 4, 4, 4]),
    ],
)
def test_compute_in_order_submits_no_more_than_the_limit_ahead(
    scheduler: SentenceScheduler, run: PartRun, at_once: int | None, is_first_alone: bool, expected: list[int]
) -> None:
    submitted: list[int] = []

    def submit(item: int) -> "Future[int]":
        submitted.append(item)
        return resolved(item)

    found = compute_in_order(run, scheduler=scheduler, items=range(4), submit=submit, at_once=at_once, is_first_alone=is_first_alone)
    assert [*(len(submitted) for _ in found), len(submitted)] == expected


def test_compute_in_order_of_no_items_is_empty(scheduler: SentenceScheduler, run: PartRun) -> None:
    assert list(compute_in_order(run, scheduler=scheduler, items=[], submit=resolved)) == []


def test_compute_in_order_of_a_stopped_part_drops_waiting_pieces(scheduler: SentenceScheduler, run: PartRun) -> None:
    begun, may_end = threading.Event(), threading.Event()
    futures: list[Future[bool]] = []

    def block() -> bool:
        begun.set()
        return may_end.wait(WAIT_SECONDS)

    def submit(item: int) -> "Future[bool]":
        futures.append(scheduler.submit(replace(sentence_order(run.message, index=item, units=1), lane="bulk"), work=block))
        if item == 2:
            assert begun.wait(WAIT_SECONDS)
            run.stop()
        return futures[-1]

    with pytest.raises(PartStoppedError):
        list(compute_in_order(run, scheduler=scheduler, items=range(4), submit=submit, at_once=3))
    may_end.set()
    assert futures[0].result(WAIT_SECONDS)
    assert [future.cancelled() for future in futures] == [False, True, True]

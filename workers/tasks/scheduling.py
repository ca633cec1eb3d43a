"""Scheduling of a part's pieces: their position among all others, and the loop that keeps a few of them in flight."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from workers.contract.messages import PartMessage
from workers.contract.names import LANES, Lane
from workers.fairness import Order
from workers.parts import PartRun
from workers.scheduler import SentenceScheduler

Item = TypeVar("Item")
Result = TypeVar("Result")


def compute_in_order(
    run: PartRun,
    *,
    scheduler: SentenceScheduler,
    items: Iterable[Item],
    submit: Callable[[Item], "Future[Result]"],
    at_once: int | None = None,
    is_first_alone: bool = False,
) -> Iterator[tuple[Item, Result]]:
    """Yield each item with the result of the work that `submit` starts for it, in the order of the items.

    At most `at_once` items (default: the scheduler's look-ahead) are in flight, never all of a long text or recording.
    `items` is read only as far as that. is_first_alone: the others wait for the first, which a listener waits for and which may use all cores.
    However the loop ends, pieces that no thread has taken up are dropped.
    Raises WorkError, PartStoppedError.
    """
    upcoming = iter(items)
    in_flight: deque[tuple[Item, Future[Result]]] = deque()
    limit = scheduler.look_ahead if at_once is None else at_once
    has_begun = not is_first_alone
    try:
        while True:
            while len(in_flight) < (limit if has_begun else 1):
                try:
                    item = next(upcoming)
                except StopIteration:
                    break
                in_flight.append((item, submit(item)))
            if not in_flight:
                return
            item, future = in_flight.popleft()
            yield item, run.wait_for(future)
            has_begun = True
    finally:
        scheduler.drop(run.message.token)


def long_piece_order(message: PartMessage, *, index: int, units: int) -> Order:
    """Scheduling position of a piece that may take as long as several sentences: live speech never waits for it."""
    order = sentence_order(message, index=index, units=units)
    return replace(order, lane="normal", is_first_sentence=False) if order.lane == "live" else order


def sentence_order(message: PartMessage, *, index: int, units: int) -> Order:
    """Scheduling position of one piece of a part's work."""
    lane: Lane = next((known for known in LANES if known == message.lane), "normal")
    is_heard = lane == "live" or message.has_listener
    return Order(
        tenant=message.tenant,
        group=message.token,
        lane=lane,
        job_created_at=message.job_created_at,
        job=message.job,
        part=message.part,
        index=index,
        units=units,
        is_first_sentence=is_heard and message.part == 0 and index == 0,
    )

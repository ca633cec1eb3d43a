"""Compute threads of a worker, which interleave the sentences of all jobs in flight."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from workers.computing import ComputeJournal
from workers.fairness import FairQueue, Order
from workers.parallelism import allowing
from workers.thread_priority import lower_priority

T = TypeVar("T")
_Work = tuple[Callable[[], Any], Future[Any]]

logger = logging.getLogger(__name__)

PROMPT_NICENESS = 5
"""Niceness of threads of the lane `live`, so that the web process on the same machine answers while every core computes."""
STEADY_NICENESS = 10
"""Niceness of threads of the lane `normal`: against PROMPT_NICENESS about 75% of a core goes to the live sentence."""
BULK_NICENESS = 15
"""Niceness of bulk threads: against PROMPT_NICENESS about 90% of a core goes to the prompt thread. Not 19: a starved bulk thread that
holds the interpreter's lock stalls everybody.
"""


@dataclass(slots=True, eq=False)
class _Pool:
    """Threads of one lane, and the work that waits for them."""

    name: str
    niceness: int
    queue: FairQueue[_Work] = field(default_factory=FairQueue)
    running: int = 0


class SentenceScheduler:
    """Compute threads, as many for each lane as there are cores, those of less urgent lanes with lower OS priority.

    A sentence cannot be interrupted, so that it never waits for one of a less urgent lane: it has a thread of its own, to which the operating
    system gives most of a core. A piece computes in one thread; if cores are left over it may ask for them from moment to moment
    (workers/parallelism.py), so that a lone request uses the whole machine and gives it back when another one arrives. Each lane takes the
    cores that more urgent ones leave, and always one thread, so that it progresses.
    """

    def __init__(self, *, cores: int, journal: ComputeJournal | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._cores = cores
        self._journal = journal
        self._clock = clock
        self._changed = threading.Condition()
        self._pools = (_Pool("live", PROMPT_NICENESS), _Pool("normal", STEADY_NICENESS), _Pool("bulk", BULK_NICENESS))
        """The most urgent lane first."""
        self._is_closed = False
        for pool in self._pools:
            for number in range(cores):
                self._start(f"{pool.name}-{number}", target=partial(self._run_pool, pool), niceness=pool.niceness)

    @property
    def look_ahead(self) -> int:
        """Pieces that one part should have submitted, so that a single job keeps every core busy."""
        return self._cores + 1

    @property
    def waiting(self) -> int:
        """Number of pieces that wait for a thread."""
        with self._changed:
            return sum(len(pool.queue) for pool in self._pools)

    @property
    def spare_cores(self) -> int:
        """Cores for each running piece beside its own, among all lanes; 0 while anything waits, since what waits takes the next free core."""
        return self._count_spare_cores(self._pools[-1])

    def submit(self, order: Order, *, work: Callable[[], T]) -> "Future[T]":
        """Run `work` in a compute thread when its turn comes. The future is cancelled if its group is dropped."""
        future: Future[T] = Future()
        if self._journal is not None and self._journal.is_alone(order.group):
            # Compute threads may hold work of other parts that waits for this part to end.
            self._start("alone", target=lambda: self._compute(order, (work, future)), niceness=PROMPT_NICENESS)
            return future
        pool = next((pool for pool in self._pools if pool.name == order.lane), self._pools[1])
        with self._changed:
            if self._is_closed:
                raise RuntimeError("the scheduler is closed")
            pool.queue.push(order, item=(work, future))
            self._changed.notify_all()
        return future

    def drop(self, group: str) -> int:
        """Cancel a group's waiting work and return its number; running work is not interrupted."""
        with self._changed:
            dropped = [item for pool in self._pools for item in pool.queue.drop(group)]
        for _, future in dropped:
            if future.cancel():
                future.set_running_or_notify_cancel()  # without it concurrent.futures.wait does not notice the cancellation
        return len(dropped)

    def close(self) -> None:
        """Start nothing more; waiting work is left waiting."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _start(self, name: str, *, target: Callable[[], object], niceness: int) -> None:
        def run() -> None:
            lower_priority(niceness)
            target()

        # Daemons: a sentence cannot be interrupted, and a worker that must stop does not wait for it.
        threading.Thread(target=run, name=name, daemon=True).start()

    def _run_pool(self, pool: _Pool) -> None:
        while True:
            with self._changed:
                while (taken := pool.queue.pop() if self._may_start(pool) else None) is None:
                    if self._is_closed:
                        return
                    self._changed.wait()
                pool.running += 1
            with allowing(partial(self._count_spare_cores, pool)):
                seconds = self._compute(taken[0], taken[1])
            with self._changed:
                pool.running -= 1
                pool.queue.settle(taken[0], charged_seconds=taken[2], actual_seconds=seconds)
                self._changed.notify_all()

    def _may_start(self, pool: _Pool) -> bool:
        if self._is_closed:
            return False
        return pool.running == 0 or sum(one.running for one in self._as_urgent_as(pool)) < self._cores

    def _count_spare_cores(self, pool: _Pool) -> int:
        """Spare cores for a piece of this lane: less urgent ones do not count, since the operating system takes their cores away."""
        with self._changed:
            pools = self._as_urgent_as(pool)
            running = sum(one.running for one in pools)
            if not running or any(len(one.queue) for one in pools):
                return 0
            return max(0, self._cores - running) // running

    def _as_urgent_as(self, pool: _Pool) -> Sequence[_Pool]:
        return self._pools[: self._pools.index(pool) + 1]

    def _compute(self, order: Order, work: _Work) -> float:
        with nullcontext() if self._journal is None else self._journal.computing(order.group):
            return self._run(work)

    def _run(self, work: _Work) -> float:
        function, future = work
        if not future.set_running_or_notify_cancel():
            return 0.0
        started = self._clock()
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - the edge of a compute thread: the part that waits for the future judges it
            future.set_exception(error)
        else:
            future.set_result(result)
        return self._clock() - started

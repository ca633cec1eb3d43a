"""Compute threads of a worker, which interleave the sentences of all jobs in flight."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext
from typing import Any, TypeVar

from workers.computing import ComputeJournal
from workers.fairness import FairQueue, Order
from workers.parallelism import allowing
from workers.thread_priority import lower_priority

T = TypeVar("T")
_Work = tuple[Callable[[], Any], Future[Any]]

logger = logging.getLogger(__name__)

PROMPT_NICENESS = 5
"""Niceness of prompt threads, so that the web process on the same machine answers while every core computes."""
BULK_NICENESS = 15
"""Niceness of bulk threads: against PROMPT_NICENESS about 90% of a core goes to the prompt thread. Not 19: a starved bulk thread that
holds the interpreter's lock stalls everybody.
"""


class SentenceScheduler:
    """Compute threads for prompt lanes (live, normal), and as many with lower OS priority for bulk.

    A piece computes in one thread. If cores are left over it may ask for them from moment to moment (workers/parallelism.py), so that a
    lone request uses the whole machine and gives it back when another one arrives.

    Bulk work takes the cores that prompt work leaves, and always one, so that it progresses; a prompt sentence never waits for it.
    """

    def __init__(self, *, cores: int, journal: ComputeJournal | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._cores = cores
        self._journal = journal
        self._clock = clock
        self._changed = threading.Condition()
        self._prompt: FairQueue[_Work] = FairQueue()
        self._bulk: FairQueue[_Work] = FairQueue()
        self._running_prompt = 0
        self._running_bulk = 0
        self._is_closed = False
        for number in range(cores):
            self._start(f"prompt-{number}", target=self._run_prompt, niceness=PROMPT_NICENESS)
            self._start(f"bulk-{number}", target=self._run_bulk, niceness=BULK_NICENESS)

    @property
    def look_ahead(self) -> int:
        """Pieces that one part should have submitted, so that a single job keeps every core busy."""
        return self._cores + 1

    @property
    def waiting(self) -> int:
        """Number of pieces that wait for a thread."""
        with self._changed:
            return len(self._prompt) + len(self._bulk)

    @property
    def spare_cores(self) -> int:
        """Cores for each running piece beside its own; 0 while anything waits, since what waits takes the next free core."""
        with self._changed:
            running = self._running_prompt + self._running_bulk
            if len(self._prompt) or len(self._bulk) or not running:
                return 0
            return max(0, self._cores - running) // running

    def submit(self, order: Order, *, work: Callable[[], T]) -> "Future[T]":
        """Run `work` in a compute thread when its turn comes. The future is cancelled if its group is dropped."""
        future: Future[T] = Future()
        if self._journal is not None and self._journal.is_alone(order.group):
            # Compute threads may hold work of other parts that waits for this part to end.
            self._start("alone", target=lambda: self._compute(order, (work, future)), niceness=PROMPT_NICENESS)
            return future
        queue = self._bulk if order.lane == "bulk" else self._prompt
        with self._changed:
            if self._is_closed:
                raise RuntimeError("the scheduler is closed")
            queue.push(order, item=(work, future))
            self._changed.notify_all()
        return future

    def drop(self, group: str) -> int:
        """Cancel a group's waiting work and return its number; running work is not interrupted."""
        with self._changed:
            dropped = self._prompt.drop(group) + self._bulk.drop(group)
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

        # Daemons: a sentence cannot be interrupted, and a worker that was told to stop must not wait for it.
        threading.Thread(target=run, name=name, daemon=True).start()

    def _run_prompt(self) -> None:
        while True:
            with self._changed:
                while (taken := None if self._is_closed else self._prompt.pop()) is None:
                    if self._is_closed:
                        return
                    self._changed.wait()
                self._running_prompt += 1
            with allowing(lambda: self.spare_cores):
                seconds = self._compute(taken[0], taken[1])
            with self._changed:
                self._running_prompt -= 1
                self._prompt.settle(taken[0], charged_seconds=taken[2], actual_seconds=seconds)
                self._changed.notify_all()

    def _run_bulk(self) -> None:
        while True:
            with self._changed:
                while (taken := self._bulk.pop() if self._may_start_bulk() else None) is None:
                    if self._is_closed:
                        return
                    self._changed.wait()
                self._running_bulk += 1
            with allowing(lambda: self.spare_cores):
                seconds = self._compute(taken[0], taken[1])
            with self._changed:
                self._running_bulk -= 1
                self._bulk.settle(taken[0], charged_seconds=taken[2], actual_seconds=seconds)
                self._changed.notify_all()

    def _may_start_bulk(self) -> bool:
        if self._is_closed:
            return False
        return self._running_bulk == 0 or self._running_prompt + self._running_bulk < self._cores

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

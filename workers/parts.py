"""Attempts that this worker runs, and those it finished recently."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from workers.contract.errors import TIMED_OUT, WorkError
from workers.contract.messages import InFlight, PartMessage, PartOutcome

T = TypeVar("T")

BEATS_WITH_REPETITION: Final = frozenset({1, 2, 4, 8, 16})
"""Heartbeats after the end in which an outcome is repeated: five times within a minute, not twenty."""


class PartStoppedError(Exception):
    """The part must stop: it was cancelled, or the worker is shutting down."""


@dataclass(slots=True)
class PartRun:
    """One attempt in flight."""

    message: PartMessage
    on_stop: Callable[[str], object]
    """Called with the token when the part must stop: drops work that waits for a compute thread."""
    while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext
    """Context entered while the part waits for a compute thread."""
    units_done: int = 0
    is_cancelled: bool = False
    """True if the part stops because its job was cancelled: no other attempt follows."""
    _stopped: "Future[None]" = field(default_factory=Future)
    """Future, so that a stop and a result can be awaited together."""

    @property
    def is_stopped(self) -> bool:
        """True if the part must stop."""
        return self._stopped.done()

    @property
    def remaining_seconds(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self.message.deadline_at - time.time()

    def stop(self) -> None:
        """Stop the part: nothing more is started for it, and running work is not awaited. Idempotent."""
        try:
            self._stopped.set_result(None)
        except InvalidStateError:
            return
        self.on_stop(self.message.token)

    def check(self) -> None:
        """Raise PartStoppedError, or WorkError (timed_out), if the part must not continue."""
        if self.is_stopped:
            raise PartStoppedError
        if self.remaining_seconds <= 0:
            raise WorkError(TIMED_OUT, "The work exceeded its time limit.")

    def wait_for(self, future: "Future[T]") -> T:
        """Result of work in a compute thread. Raises like check as soon as the part must not continue; the work may run on."""
        while True:
            either: tuple[Future[Any], ...] = (future, self._stopped)
            with self.while_waiting():
                wait(either, timeout=max(0.0, self.remaining_seconds), return_when=FIRST_COMPLETED)
            self.check()
            if future.done():
                return future.result()


@dataclass(slots=True)
class _Finished:
    outcome: PartOutcome
    beats: int = 0


class Parts:
    """All attempts of this worker. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[str, PartRun] = {}
        self._finished: list[_Finished] = []

    def begin(self, run: PartRun) -> bool:
        """Register an attempt; False if this process runs it already."""
        with self._changed:
            if run.message.token in self._running:
                return False
            self._running[run.message.token] = run
            return True

    def end(self, run: PartRun, *, outcome: PartOutcome | None) -> None:
        """Remove an attempt and keep its outcome; None if it ended without one."""
        with self._changed:
            del self._running[run.message.token]
            if outcome is not None:
                self._finished.append(_Finished(outcome))
            self._changed.notify_all()

    def stop(self, token: str) -> bool:
        """Stop one cancelled attempt; False if this worker does not run it or it is stopping already."""
        with self._changed:
            run = self._running.get(token)
        if run is None or run.is_stopped:
            return False
        run.is_cancelled = True
        run.stop()
        return True

    def in_flight(self) -> tuple[InFlight, ...]:
        with self._changed:
            return tuple(InFlight(token, run.units_done) for token, run in self._running.items())

    def outcomes_to_repeat(self, *, is_last_chance: bool = False) -> tuple[PartOutcome, ...]:
        """Outcomes that the next heartbeat repeats; all of the last minute if it may be the last one. Each call counts as one heartbeat."""
        with self._changed:
            for finished in self._finished:
                finished.beats += 1
            repeated = tuple(finished.outcome for finished in self._finished if is_last_chance or finished.beats in BEATS_WITH_REPETITION)
            self._finished = [finished for finished in self._finished if finished.beats < max(BEATS_WITH_REPETITION)]
            return repeated

    def wait_until_none(self, timeout_seconds: float) -> bool:
        """Wait until no attempt is running; True if all ended in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout_seconds)

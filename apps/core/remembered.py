"""Rows that are read on every request and change once a month: each process reads them again every few seconds."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """A cache of the value that `read` returned at most `seconds` ago. Two threads may read at once; both get a right value."""

    def __init__(self, read: Callable[[], Value], *, seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: tuple[float, Value] | None = None
        _everything.add(self)

    def get(self) -> Value:
        """The value, read now or a moment ago."""
        kept, now = self._kept, time.monotonic()
        if kept is None or now - kept[0] > self._seconds:
            self._kept = kept = (now, self._read())
        return kept[1]

    def forget(self) -> None:
        """Read anew at the next call."""
        self._kept = None


_everything: "WeakSet[Remembered[Any]]" = WeakSet()


def forget_everything() -> None:
    """For tests, whose rows are rolled back, and for commands that have just changed rows."""
    for remembered in _everything:
        remembered.forget()

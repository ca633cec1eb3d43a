"""Cache for rows that every request reads and that rarely change: each process reads them again every few seconds."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")


class TtlCache(Generic[Value]):
    """Cached value that `read` returned at most `seconds` ago. Two threads may read at once; both get a valid value."""

    def __init__(self, read: Callable[[], Value], *, seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: tuple[float, Value] | None = None
        self._times_forgotten = 0
        _caches.add(self)

    def get(self) -> Value:
        """The cached value, read again if it is too old."""
        kept, now, times_forgotten = self._kept, time.monotonic(), self._times_forgotten
        if kept is None or now - kept[0] > self._seconds:
            kept = (now, self._read())
            if self._times_forgotten == times_forgotten:  # otherwise it may hold what was there before the change
                self._kept = kept
        return kept[1]

    def forget(self) -> None:
        """Read again at the next call."""
        self._times_forgotten += 1
        self._kept = None


_caches: "WeakSet[TtlCache[Any]]" = WeakSet()


def clear_all_caches() -> None:
    """Clear every cache: for tests, whose rows are rolled back, and for commands that have just changed rows."""
    for cache in _caches:
        cache.forget()

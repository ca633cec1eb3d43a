"""Slots for what fills a core: of one tenant half at most, so that its costly files keep nobody else waiting."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class FairSlots:
    """So many threads at once may be within `slot`. There are two slots at least: with one, nobody could have half."""

    def __init__(self, slots: int) -> None:
        self._free = max(2, slots)
        self._share = self._free // 2
        self._held: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, tenant: str) -> Iterator[None]:
        """Waits for a slot, and holds it for the time of the block."""
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0 and self._held[tenant] < self._share)
            self._free -= 1
            self._held[tenant] += 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._held[tenant] -= 1
                self._held = +self._held  # without tenants that hold none
                self._changed.notify_all()

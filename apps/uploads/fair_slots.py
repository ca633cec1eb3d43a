"""Slots for calls that occupy a core, so that one tenant's expensive files delay no other tenant."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apps.core.fair_share import FairShare

NEWCOMERS_FACTOR = 4
"""Factor of the usual slots that may be in use at most; beyond the number of cores the operating system shares them."""


class FairSlots:
    """Blocking slots, allocated by FairShare. At least two: with one slot no tenant could have half."""

    def __init__(self, slots: int) -> None:
        usual = max(2, slots)
        self._share: FairShare[str] = FairShare(usual=usual, most=NEWCOMERS_FACTOR * usual)
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, tenant: str) -> Iterator[None]:
        """Wait for a slot and hold it within the block."""
        with self._changed:
            self._changed.wait_for(lambda: self._share.may_begin(tenant))
            self._share.begin(tenant)
        try:
            yield
        finally:
            with self._changed:
                self._share.end(tenant)
                self._changed.notify_all()

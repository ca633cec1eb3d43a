"""Slots for calls that fill a core, so that one tenant's costly files keep nobody else waiting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from apps.core.fair_share import FairShare

NEWCOMERS_FACTOR = 4
"""So many times the usual slots at most: beyond the cores the operating system divides them."""


class FairSlots:
    """Blocking slots, shared as FairShare says. There are two at least: with one, nobody could have half."""

    def __init__(self, slots: int) -> None:
        usual = max(2, slots)
        self._share: FairShare[str] = FairShare(usual=usual, most=NEWCOMERS_FACTOR * usual)
        self._changed = threading.Condition()

    @contextmanager
    def slot(self, tenant: str) -> Iterator[None]:
        """Waits for a slot, and holds it for the time of the block."""
        with self._changed:
            self._changed.wait_for(lambda: self._share.may_begin(tenant))
            self._share.begin(tenant)
        try:
            yield
        finally:
            with self._changed:
                self._share.end(tenant)
                self._changed.notify_all()

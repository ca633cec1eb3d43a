"""Fair slots: a tenant that holds many waits for its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.core.errors import TooManyRequestsError
from apps.core.fair_slots import FairSlots

PATIENCE = 10.0


def holding(slots: FairSlots, tenant: str, begun: threading.Semaphore, leave: threading.Event) -> Callable[[], bool]:
    def hold() -> bool:
        with slots.slot(tenant):
            begun.release()
            return leave.wait(PATIENCE)

    return hold


def test_new_tenant_gets_a_slot_while_two_tenants_fill_the_usual_ones() -> None:
    slots, begun, leave = FairSlots(usual=4, most=16), threading.Semaphore(0), threading.Event()
    with ThreadPoolExecutor(10) as pool:
        many = [pool.submit(holding(slots, "one", begun, leave)) for _ in range(6)]
        assert begun.acquire(timeout=PATIENCE)
        assert begun.acquire(timeout=PATIENCE)
        assert not begun.acquire(timeout=0.2)
        others = [pool.submit(holding(slots, name, begun, leave)) for name in ("two", "three")]
        assert begun.acquire(timeout=PATIENCE)
        assert begun.acquire(timeout=PATIENCE)
        leave.set()
        assert all(future.result() for future in [*many, *others])


def test_a_slot_comes_back_after_the_block_fails() -> None:
    slots = FairSlots(usual=2, most=2)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), slots.slot("one"):
            raise ValueError("broken")
    with slots.slot("one"), slots.slot("two"):
        pass


def test_an_abandoned_turn_frees_its_place_whether_it_waits_or_has_come() -> None:
    slots = FairSlots(usual=2, most=2, waiting_each=1)
    held, waiting = slots.acquire("one"), slots.acquire("one")
    assert (held.done(), waiting.done()) == (True, False)
    with pytest.raises(TooManyRequestsError, match="1 of your files are already queued"):
        slots.acquire("one")
    slots.abandon("one", waiting)
    following = slots.acquire("one")
    slots.abandon("one", held)
    assert (waiting.cancelled(), following.done()) == (True, True)

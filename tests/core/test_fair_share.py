"""Fair sharing: a newcomer begins at once, nobody exceeds a share, and the thread pool keeps both rules."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import TooManyRequestsError
from apps.core.fair_share import FairShare
from apps.core.fair_slots import WAITING_EACH
from apps.core.fair_threads import FairThreadPool

PATIENCE = 20.0


def filled(share: FairShare[str], *tenants: str) -> dict[str, int]:
    """Begin as often as each tenant in turn may."""
    for tenant in tenants:
        while share.may_begin(tenant):
            share.begin(tenant)
    return dict(share.held)


def test_fair_share_divides_the_usual_slots_among_active_tenants() -> None:
    assert filled(FairShare(usual=16, most=64), "one") == {"one": 8}
    assert filled(FairShare(usual=16, most=64), "one", "two") == {"one": 8, "two": 8}
    assert filled(FairShare(usual=16, most=64), "one", "two", "three", "four") == {"one": 8, "two": 8, "three": 5, "four": 4}


def test_fair_share_never_exceeds_the_most() -> None:
    assert filled(FairShare(usual=4, most=5), *"abcdefgh") == {"a": 2, "b": 2, "c": 1}


@given(st.integers(1, 20), st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=80))
def test_fair_share_lets_any_newcomer_begin_until_the_most_is_held(usual: int, steps: list[tuple[str, bool]]) -> None:
    share: FairShare[str] = FairShare(usual=usual, most=3 * usual)
    for tenant, begins in steps:
        if begins and share.may_begin(tenant):
            share.begin(tenant)
        elif not begins and share.held[tenant]:
            share.end(tenant)
        assert share.may_begin("newcomer") is (share.held.total() < 3 * usual)
        assert share.held.total() <= 3 * usual
        assert all(0 < count <= max(1, usual // 2) for count in share.held.values())


class Calls:
    """Calls that block until released, and the order of their ends."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.leave = threading.Event()
        self.ended: list[str] = []

    def hang(self, name: str) -> None:
        self.begun.release()
        assert self.leave.wait(PATIENCE)
        self.ended.append(name)

    async def wait_begun(self, count: int) -> None:
        for _ in range(count):
            assert await asyncio.to_thread(self.begun.acquire, timeout=PATIENCE)


def test_fair_threads_answer_a_newcomer_while_two_tenants_calls_hang() -> None:
    async def run() -> None:
        calls, pool = Calls(), FairThreadPool("test", usual=4, most=16)
        slow = [asyncio.create_task(pool.run(tenant, calls.hang, tenant)) for tenant in ("one", "two") for _ in range(8)]
        await calls.wait_begun(4)
        await asyncio.gather(*(pool.run("three", calls.ended.append, "three") for _ in range(3)))
        assert calls.ended == ["three"] * 3
        calls.leave.set()
        await asyncio.gather(*slow)
        assert sorted(calls.ended[3:]) == ["one"] * 8 + ["two"] * 8

    asyncio.run(run())


def test_fair_threads_refuse_only_the_tenant_whose_queue_is_full() -> None:
    async def run() -> None:
        calls, pool = Calls(), FairThreadPool("test", usual=2, most=4)
        slow = [asyncio.create_task(pool.run("one", calls.hang, "one")) for _ in range(WAITING_EACH + 1)]
        await calls.wait_begun(1)
        with pytest.raises(TooManyRequestsError, match="are already queued"):
            await pool.run("one", calls.ended.append, "refused")
        await pool.run("two", calls.ended.append, "two")
        assert calls.ended == ["two"]
        calls.leave.set()
        await asyncio.gather(*slow)

    asyncio.run(run())


def test_fair_threads_free_the_turn_of_a_caller_that_left() -> None:
    async def run() -> None:
        calls, pool = Calls(), FairThreadPool("test", usual=2, most=2)
        first, second = (asyncio.create_task(pool.run("one", calls.hang, name)) for name in ("first", "second"))
        await calls.wait_begun(1)
        for task in (first, second):  # one whose call runs, one that waits
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        third = asyncio.create_task(pool.run("one", calls.ended.append, "third"))
        assert not (await asyncio.wait([third], timeout=0.05))[0]
        calls.leave.set()
        await asyncio.wait_for(third, PATIENCE)
        assert calls.ended == ["first", "third"]

    asyncio.run(run())


def test_fair_threads_give_the_turn_back_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    async def run() -> None:
        calls, pool = Calls(), FairThreadPool("test", usual=2, most=2)
        with monkeypatch.context() as patch:
            patch.setattr(pool._pool, "submit", refuse)
            for _ in range(3):
                with pytest.raises(RuntimeError, match="new thread"):
                    await pool.run("one", calls.ended.append, "lost")
        await asyncio.wait_for(pool.run("one", calls.ended.append, "next"), PATIENCE)
        assert calls.ended == ["next"]

    asyncio.run(run())

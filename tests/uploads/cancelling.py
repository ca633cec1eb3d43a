"""Requests that are cancelled at a chosen moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync

from apps.core.background import wait_for_clean_up
from apps.core.deferred import Exchange
from tests.uploads.people import DirectExchange
from tests.workers.audio.probe.recordings import tone, wav_bytes


class HeldExchange(DirectExchange):
    """Exchange that waits before the function of this name is called for the nth time."""

    def __init__(self, name: str, *, turn: int = 1) -> None:
        self.reached, self.released = asyncio.Event(), asyncio.Event()
        self._name, self._turns = name, turn

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self._turns -= getattr(function, "__name__", "") == self._name
        if self._turns == 0 and not self.reached.is_set():
            self.reached.set()
            await self.released.wait()
        return await super().run(function, *arguments)


def cancel_at(name: str, work: Callable[[Exchange], Awaitable[Any]], *, turn: int = 1) -> None:
    """Cancel the work while this function is waiting for a thread, and let what runs in the background finish."""

    async def scenario() -> None:
        exchange = HeldExchange(name, turn=turn)
        task = asyncio.ensure_future(work(cast("Exchange", exchange)))
        await asyncio.wait_for(exchange.reached.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        exchange.released.set()
        await wait_for_clean_up()

    async_to_sync(scenario)()


def recording(number: int) -> bytes:
    return wav_bytes(tone(1.0, rate=16_000).tobytes()) + bytes(64 * number)

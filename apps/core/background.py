"""Work that continues after the request or connection that began it was cancelled."""

import asyncio
from collections.abc import Awaitable
from typing import Any

_running: set[asyncio.Future[Any]] = set()
"""Tasks that outlive their connection; held, since the event loop keeps weak references only."""


def clean_up(work: Awaitable[Any]) -> None:
    """Do this even if the connection ends meanwhile."""
    task = asyncio.ensure_future(work)
    _running.add(task)
    task.add_done_callback(_running.discard)


async def wait_for_clean_up() -> None:
    """Wait for the work of this event loop that runs. For tests."""
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(task for task in _running if task.get_loop() is loop), return_exceptions=True)

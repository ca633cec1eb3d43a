"""Tasks that run to their end whatever becomes of the one that began them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

_running: set[asyncio.Task[None]] = set()
"""Tasks in progress: an event loop holds its tasks by weak references only."""


def start_task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Run the work in a task of its own, which is held until it ends."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return task

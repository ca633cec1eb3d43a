"""A text stream on a WebSocket: one task reads the client's messages, another one sends the audio."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def read_while_writing(reading: Coroutine[Any, Any, None], writing: Coroutine[Any, Any, None]) -> None:
    """Run both until the writing ends; the end of the reading alone ends nothing. The first error of either is raised as it is."""
    reader, writer = asyncio.ensure_future(reading), asyncio.ensure_future(writing)
    tasks = {reader, writer}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if reader.done() and not writer.done() and reader.exception() is None:
            await asyncio.wait([writer])
        for task in (reader, writer):
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            task.cancelled() or task.exception()  # retrieved, else asyncio logs it

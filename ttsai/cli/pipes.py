"""Reads and writes that wait for the other end of a pipe: in a thread, so that Ctrl-C and SIGTERM are heeded meanwhile."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import IO, Any, TypeVar

T = TypeVar("T")


async def in_thread(call: Callable[[], T]) -> T:
    """Result of a call that may block. Once cancelled it is left alone: unlike that of asyncio.to_thread, its thread does not hold up the program's end."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(error: BaseException | None, result: Any) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    def run() -> None:
        error, result = None, None
        try:
            result = call()
        except Exception as raised:  # noqa: BLE001 - it is raised where the call is awaited
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, error, result)

    threading.Thread(target=run, daemon=True).start()
    return await outcome


def unbuffered(stream: IO[bytes]) -> Any:
    """The stream below the buffer. A thread that waits in a buffered one holds its lock, without which Python cannot end."""
    return getattr(stream, "raw", stream)


def write_all(stream: Any, data: bytes) -> None:
    """Write to an unbuffered stream, which may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[stream.write(view) or 0 :]

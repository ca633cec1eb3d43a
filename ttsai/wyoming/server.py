"""TCP server of the Wyoming protocol."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Final

from ttsai.wyoming.bounded_events import LONGEST_LINE
from ttsai.wyoming.connection import Connection, Service

logger = logging.getLogger(__name__)

STOP_SECONDS: Final = 10.0
"""Time for speech in progress to be heard to its end when the server stops."""


class WyomingServer:
    """Accepts a bounded number of connections until it is stopped."""

    def __init__(self, service: Service, *, most_connections: int) -> None:
        self._service = service
        self._most_connections = most_connections
        self._connections: dict[asyncio.Task[None], Connection] = {}
        self._stopping = asyncio.Event()

    async def run(self, *, host: str, port: int, on_ready: Callable[[int], None]) -> None:
        """Serve until `stop`. on_ready gets the port, which the system chooses for 0."""
        server = await asyncio.start_server(self._accept, host=host, port=port, limit=LONGEST_LINE)
        async with server:
            on_ready(server.sockets[0].getsockname()[1])
            await self._stopping.wait()
            server.close()
            await self._end_connections()

    def stop(self) -> None:
        """Stop accepting, let speech in progress end, and close all connections."""
        self._stopping.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(self._service, reader, writer)
        if len(self._connections) >= self._most_connections:
            await connection.send_error(
                f"This server serves {self._most_connections} clients at once. Try again later.", code="server_busy"
            )
            return
        task = asyncio.create_task(connection.serve())
        self._connections[task] = connection
        try:
            await asyncio.wait((task,))
            if not task.cancelled() and (error := task.exception()) is not None:
                logger.error("a bug in a connection", exc_info=error)
        finally:
            self._connections.pop(task, None)

    async def _end_connections(self) -> None:
        busy = [task for task, connection in self._connections.items() if connection.is_busy]
        for task, connection in list(self._connections.items()):
            if not connection.is_busy:
                task.cancel()
        if busy:
            await asyncio.wait(busy, timeout=STOP_SECONDS)
        for task in list(self._connections):
            task.cancel()
        if self._connections:
            await asyncio.wait(list(self._connections), timeout=STOP_SECONDS)


async def serve(service: Service, *, host: str, port: int, most_connections: int, on_ready: Callable[[int], None]) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    server = WyomingServer(service, most_connections=most_connections)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # not on Windows
            loop.add_signal_handler(number, server.stop)
    await server.run(host=host, port=port, on_ready=on_ready)

"""Small proxy with TLS in front of a server on loopback, as an operator puts one in front of the platform."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

BLOCK = 1 << 16


@contextlib.contextmanager
def tls_proxy(*, port: int, certificate: Path) -> Iterator[str]:
    """Pass connections with TLS on to a port of this machine; yields the proxy's address. certificate: from `make_certificate`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    loop, over, started = asyncio.new_event_loop(), asyncio.Event(), Future[int]()

    async def serve() -> None:
        connections: set[asyncio.Task[None]] = set()

        async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.add(task := asyncio.ensure_future(_connect(reader, writer, port=port)))
            await asyncio.wait([task])

        async with await asyncio.start_server(take, "127.0.0.1", 0, ssl=context) as server:
            started.set_result(server.sockets[0].getsockname()[1])
            await over.wait()
            for task in connections:
                task.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        yield f"https://127.0.0.1:{started.result(timeout=60)}"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, port: int) -> None:
    """Pass data on in both directions until one end closes."""
    there, here = await asyncio.open_connection("127.0.0.1", port)
    directions = [asyncio.ensure_future(_pass_on(reader, here)), asyncio.ensure_future(_pass_on(there, writer))]
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in directions:
            one.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        for end in (here, writer):
            end.close()
            with contextlib.suppress(OSError):
                await end.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(BLOCK):
            writer.write(data)
            await writer.drain()

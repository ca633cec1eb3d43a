"""Streams that are left while their task is being cancelled, on real connections."""

import asyncio
import contextlib

import pytest

from ttsai.api_client import ApiClient

STEPS = 12
"""Turns of the event loop that closing a response takes at most."""
PATIENCE = 20.0


class EndlessServer:
    """HTTP server whose every response streams until its client disconnects."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n")
        with contextlib.suppress(ConnectionError):
            while await reader.read(1 << 16):
                pass
        self.left.set()
        writer.close()


@pytest.mark.parametrize("cancellations", [1, 2])
def test_cancelled_closing_of_a_stream_still_disconnects_from_the_platform(cancellations: int) -> None:
    """A cancellation at any moment of the closing, and a second one after it, leave no connection open."""

    async def leave(api: ApiClient, server: EndlessServer, *, steps: int) -> None:
        server.left.clear()
        stream = api.stream("/v1/tts/", {"text": "Hello."}, chunk_bytes=4)

        async def read_one() -> None:
            async with contextlib.aclosing(stream):
                assert await anext(stream) == b"abcd"
                reading.set()
                if cancellations > 1:
                    await anext(stream)

        reading = asyncio.Event()
        task = asyncio.create_task(read_one())
        await reading.wait()
        for _ in range(cancellations):
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(PATIENCE):
            await server.left.wait()

    async def run() -> None:
        endless = EndlessServer()
        async with await asyncio.start_server(endless.answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with ApiClient(url=f"http://127.0.0.1:{port}", key="sk-tts-test") as api:
                for steps in range(STEPS):
                    await leave(api, endless, steps=steps)

    asyncio.run(run())

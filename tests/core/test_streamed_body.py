"""Bodies that are sent while they are made."""

import asyncio
from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import pytest

from apps.core import streamed_body
from apps.core.errors import UnavailableError
from apps.core.streamed_body import PIECE_BYTES, StreamedBody, begin_body


class Client:
    """ASGI side of a client that reads only as much as the test asks for."""

    def __init__(self) -> None:
        self.exchange: Any = SimpleNamespace(has_left=asyncio.Event())
        self.messages: list[Any] = []
        self.made = 0
        self.is_closed = False
        self._may_read = asyncio.Semaphore(0)

    async def chunks(self, *sizes: int, error: Exception | None = None) -> AsyncGenerator[bytes]:
        try:
            for size in sizes:
                self.made += 1
                yield bytes(size)
            if error is not None:
                raise error
        finally:
            self.is_closed = True

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            await self._may_read.acquire()
        self.messages.append(message)

    def read(self, messages: int) -> None:
        for _ in range(messages):
            self._may_read.release()

    async def receive(self) -> Any:
        raise AssertionError("nothing is expected of the client")

    def run(self, body: StreamedBody) -> "asyncio.Task[None]":
        return asyncio.ensure_future(body({"method": "POST"}, self.receive, self.send))

    @property
    def sizes(self) -> list[int]:
        return [len(message["body"]) for message in self.messages[1:]]


async def settle() -> None:
    """Let all tasks run until each of them waits."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_slow_client_holds_back_the_making_of_chunks() -> None:
    async def check() -> None:
        client = Client()
        body = StreamedBody(client.chunks(10, PIECE_BYTES + 1, 30), exchange=client.exchange, headers={"A": "b"})
        task = client.run(body)
        await settle()
        assert (client.made, client.sizes) == (1, [])
        client.read(2)
        await settle()
        assert (client.made, client.sizes) == (2, [10, PIECE_BYTES])
        client.read(3)
        await task
        assert (client.sizes, client.is_closed) == ([10, PIECE_BYTES, 1, 30, 0], True)
        assert client.messages[0] == {"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]}

    asyncio.run(check())


def test_client_that_leaves_ends_the_making_of_chunks() -> None:
    async def check() -> None:
        client = Client()
        task = client.run(StreamedBody(client.chunks(10, 10, 10), exchange=client.exchange, headers={}))
        client.exchange.has_left.set()
        client.read(3)
        await task
        assert (client.made, client.sizes, client.is_closed) == (1, [], True)

    asyncio.run(check())


def test_client_that_reads_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed_body, "STALL_SECONDS", 0.01)

    async def check() -> None:
        client = Client()
        await client.run(StreamedBody(client.chunks(10, 10), exchange=client.exchange, headers={}))
        assert (client.sizes, client.is_closed) == ([], True)

    asyncio.run(check())


def test_error_after_the_first_chunk_leaves_the_body_without_its_end() -> None:
    async def check() -> None:
        client = Client()
        body = await begin_body(client.chunks(10, error=UnavailableError("Away.")), exchange=client.exchange, headers={})
        client.read(5)
        await client.run(body)
        assert (client.sizes, client.messages[-1]["more_body"]) == ([10], True)

    asyncio.run(check())


def test_error_before_the_first_chunk_is_raised_before_any_header() -> None:
    async def check() -> None:
        client = Client()
        with pytest.raises(UnavailableError):
            await begin_body(client.chunks(error=UnavailableError("Away.")), exchange=client.exchange, headers={})
        assert (client.messages, client.is_closed) == ([], True)

    asyncio.run(check())

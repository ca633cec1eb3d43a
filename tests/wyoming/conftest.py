"""Real platform with announced models, and the Wyoming server in a thread beside it."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.compat.realtime.conftest import owner, server
from tests.speech.people import Person
from tests.web.shell import RunningShell
from ttsai.api_client import ApiClient
from ttsai.wyoming.connection import Service
from ttsai.wyoming.program_info import ProgramInfo
from ttsai.wyoming.server import WyomingServer

__all__ = ["owner", "server"]

WyomingMaker = Callable[..., AbstractContextManager[int]]


@pytest.fixture
def wyoming_of(server: RunningShell) -> WyomingMaker:
    """Runs a server with somebody's key: `with wyoming_of(person) as port`."""

    @contextlib.contextmanager
    def run(somebody: Person, *, url: str = "", most_connections: int = 10, **options: Any) -> Iterator[int]:
        ready, ports, stops = threading.Event(), [], []

        def announce(port: int) -> None:
            ports.append(port)
            ready.set()

        async def serve() -> None:
            async with ApiClient(url=url or server.url, key=somebody.key) as api:
                made = WyomingServer(Service(api, ProgramInfo(api), **options), most_connections=most_connections)
                loop = asyncio.get_running_loop()
                stops.append(lambda: loop.call_soon_threadsafe(made.stop))
                await made.run(host="127.0.0.1", port=0, on_ready=announce)

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert ready.wait(20)
        try:
            yield ports[0]
        finally:
            stops[0]()
            thread.join(20)
            assert not thread.is_alive()

    return run

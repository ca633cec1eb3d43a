"""Fetches of `file_url` hold no thread while they wait for the network."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.core.outbound import client
from apps.uploads.models import Upload
from tests.factories import bearer
from tests.flows.following import wait_until
from tests.uploads.conftest import Elsewhere
from tests.uploads.people import Person, person

ACCOUNTS = 20
FETCHES_EACH = 10
LOOP_THREADS = 32
"""Most threads of an event loop's default executor (asyncio.to_thread)."""
NO_LIMIT = httpx.Limits(max_connections=None)


class Tarpit:
    """Server that accepts connections and never answers. Runs on an event loop in one thread."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._writers: list[asyncio.StreamWriter] = []
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._is_listening.wait(20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def drop_all(self) -> None:
        """Drop all connections."""
        self._loop.call_soon_threadsafe(self._drop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._hold, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        self._is_listening.set()
        self._loop.run_forever()
        server.close()
        self._drop()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.connections += 1


@pytest.fixture
def tarpit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tarpit]:
    monkeypatch.setattr(client, "CHUNK_SECONDS", 60.0)  # no fetch gives up before all have begun, however busy the machine is
    tarpit = Tarpit()
    yield tarpit
    tarpit.close()


def test_hanging_fetches_of_many_accounts_hold_no_thread_and_delay_no_account(
    owner: Person, elsewhere: Elsewhere, tarpit: Tarpit, song: bytes, settings: Any
) -> None:
    settings.TTSAI_OUTBOUND_ALLOW = [f"127.0.0.1:{elsewhere.server_port}", f"127.0.0.1:{tarpit.port}"]
    settings.TTSAI_FETCHES = ACCOUNTS * FETCHES_EACH
    elsewhere.files["/song"] = song
    people = [person(owner.url, concurrent_jobs=FETCHES_EACH) for _ in range(ACCOUNTS)]
    newcomer = person(owner.url)
    assert owner.ask("POST", "/v1/hear/", json={"file_url": f"{elsewhere.url}/song"}).status_code == 200  # starts the usual threads
    threads = threading.active_count()

    async def run() -> None:
        async with httpx.AsyncClient(base_url=f"{owner.url}/v1/hear/", timeout=60, limits=NO_LIMIT) as http:

            async def listen(who: Person, **arguments: Any) -> httpx.Response:
                return await http.post("", headers=bearer(who.secret), **arguments)

            hanging = [
                asyncio.create_task(listen(one, json={"file_url": f"{tarpit.url}/{number}"}))
                for one in people
                for number in range(FETCHES_EACH)
            ]
            await asyncio.to_thread(wait_until, lambda: tarpit.connections == len(hanging))
            assert (await listen(newcomer, json={"file_url": f"{elsewhere.url}/song"})).status_code == 200
            assert (await listen(newcomer, files={"file": ("song", song)})).status_code == 200
            assert threading.active_count() <= threads + LOOP_THREADS
            assert not any(request.done() for request in hanging)
            tarpit.drop_all()
            answers = await asyncio.gather(*hanging)
            assert {answer.json()["error"]["code"] for answer in answers} == {"fetch_failed"}

    asyncio.run(run())
    assert Upload.objects.count() == 3

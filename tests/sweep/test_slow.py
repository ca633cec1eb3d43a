"""Slow clients: any number of them does not affect others."""

import concurrent.futures
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import SECONDS

DRIPPING = 200
"""Number of slow connections, far above the number of threads."""
HEADS = (
    b"POST /v1/tts/ HTTP/1.1\r\nHost: x\r\nX-API-Key: $KEY\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
    b"POST /v1/tts/ HTTP/1.1\r\nHost: x\r\nX-API-Key: $KEY\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{",
    b"GET /v1/models/ HTTP/1.1\r\nHost: x\r\nX-A: ",
)


@pytest.fixture
def dripping(swept: RunningPlatform, key: str) -> Iterator[list[socket.socket]]:
    """Connections whose requests never end, including an announced file."""
    address = httpx.post(f"{swept.url}/v1/uploads/", json={"bytes": 5_000_000}, headers={"X-API-Key": key}).json()["url"]
    file = f"PUT {address.removeprefix(swept.url)} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n".encode() + bytes(2_000_000)
    connections = []
    for number in range(DRIPPING):
        connection = socket.create_connection(("127.0.0.1", swept.port), timeout=SECONDS)
        connection.sendall(file if number < 10 else HEADS[number % len(HEADS)].replace(b"$KEY", key.encode()))
        connections.append(connection)
    yield connections
    for connection in connections:
        connection.close()


def test_slow_uploads_delay_no_other_request(swept: RunningPlatform, key: str, dripping: list[socket.socket]) -> None:
    spoken = {"model": "silence", "voice": "quiet", "input": "Nobody waits."}
    with (
        httpx.Client(base_url=swept.url, headers={"X-API-Key": key}, timeout=SECONDS) as client,
        concurrent.futures.ThreadPoolExecutor(1) as pool,
    ):
        drops = pool.submit(_drip, dripping, seconds=2.0)
        for _ in range(20):
            assert client.get("/v1/account/").status_code == 200
            assert client.post("/v1/audio/speech", json=spoken).status_code == 200
        assert drops.result() > DRIPPING  # they did continue


def test_a_client_that_drips_its_body_gets_a_timeout(dripping: list[socket.socket]) -> None:
    _drip(dripping, seconds=3.5)  # TTSAI_BODY_SECONDS is 3
    with_bodies = [connection for number, connection in enumerate(dripping) if number >= 10 and number % len(HEADS) != 2]
    assert {connection.recv(65536).split(b" ", 2)[1] for connection in with_bodies} == {b"408"}


def _drip(connections: list[socket.socket], *, seconds: float) -> int:
    """Send a byte on each connection now and then; returns the number of open ones."""
    taken, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        for connection in connections:
            try:
                taken += connection.send(b" ")
            except OSError:  # stopped already
                continue
        time.sleep(0.2)
    return taken

"""Request bodies: limited before they are buffered, spooled, timed out, without occupying a thread."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.web.shell import RunningShell
from ttsai.web import body as bodies

LIMIT = 3_000_000


def post(shell: RunningShell, path: str, content: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{shell.url}{path}", content=content, headers=headers, timeout=60)


def raw(shell: RunningShell, head: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", shell.port), timeout=60)
    connection.sendall(head)
    return connection


def status_of(connection: socket.socket) -> int:
    return int(connection.recv(65536).split(b" ", 2)[1])


def test_a_body_up_to_the_routes_limit_arrives_whole(shell: RunningShell) -> None:
    for size in (0, 1, bodies.SPOOL_BYTES, bodies.SPOOL_BYTES + 1, LIMIT):
        assert post(shell, "/v1/size", b"x" * size).json() == {"bytes": size, "declared": str(size)}


def test_a_chunked_body_arrives_whole_and_has_a_length(shell: RunningShell) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    assert post(shell, "/v1/size", chunks()).json() == {"bytes": 2_000_000, "declared": "2000000"}
    assert post(shell, "/v1/echo", iter([b'{"a"', b": 1}"])).json() == {"a": 1}


def test_a_length_over_the_limit_is_refused_before_any_byte(shell: RunningShell) -> None:
    head = f"POST /v1/size HTTP/1.1\r\nHost: x\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    with raw(shell, head.encode()) as connection:  # not one byte of the body is sent
        answer = connection.recv(65536)
        while not answer.endswith(b"}}"):
            answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"code": "request_too_large"' in answer
    assert b"x-request-id" in answer.lower()


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_large(shell: RunningShell) -> None:
    sent = 0
    chunk = b"%x\r\n" % 100_000 + b"x" * 100_000 + b"\r\n"
    with raw(shell, b"POST /v1/size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") as connection:
        for _ in range(31):
            connection.sendall(chunk)
            sent += 100_000
        assert status_of(connection) == 413  # the body never ended
    assert sent == LIMIT + 100_000


def test_the_default_limit_holds_where_a_view_names_none(shell: RunningShell, settings: Any) -> None:
    settings.TTSAI_JSON_BODY_BYTES = 1000
    assert post(shell, "/v1/echo", b'"%s"' % (b"x" * 998)).status_code == 200
    assert post(shell, "/v1/echo", b'"%s"' % (b"x" * 999)).status_code == 413


def test_a_large_body_lies_on_disk_and_leaves_nothing_behind(shell: RunningShell, settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path
    assert post(shell, "/v1/size", b"x" * LIMIT).status_code == 200
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_body_that_stops_or_drips_is_a_408_and_holds_no_thread(shell: RunningShell, settings: Any) -> None:
    settings.TTSAI_BODY_SECONDS, settings.TTSAI_BODY_BYTES_PER_SECOND = 1, 1_000_000
    head = b"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    started = time.monotonic()
    silent = [raw(shell, head) for _ in range(12)]  # thrice as many as there are threads
    assert httpx.get(f"{shell.url}/v1/threads", timeout=60).status_code == 200
    dripping = silent[0]
    while time.monotonic() - started < 0.9:
        dripping.sendall(b" ")
        time.sleep(0.1)
    for connection in silent:
        assert status_of(connection) == 408
        connection.close()
    assert time.monotonic() - started > 0.9


def test_a_slow_body_that_keeps_coming_is_served(shell: RunningShell, settings: Any) -> None:
    settings.TTSAI_BODY_SECONDS, settings.TTSAI_BODY_BYTES_PER_SECOND = 1, 10_000

    def chunks() -> Iterator[bytes]:
        for _ in range(8):
            time.sleep(0.25)
            yield b"x" * 10_000

    assert post(shell, "/v1/size", chunks()).json()["bytes"] == 80_000


def test_connections_lost_during_the_body_leave_the_server_responsive(shell: RunningShell) -> None:
    for _ in range(10):
        with raw(shell, b"POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"):
            pass
    assert httpx.get(f"{shell.url}/v1/threads", timeout=60).status_code == 200


def test_body_that_would_fill_the_disk_is_refused_while_it_is_received(shell: RunningShell, settings: Any) -> None:
    assert post(shell, "/v1/size", b"x" * LIMIT).status_code == 200
    settings.TTSAI_DISK_RESERVE_BYTES = 10**18  # as if other bodies had filled the disk since this one began
    answer = post(shell, "/v1/size", b"x" * LIMIT)
    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["Retry-After"]) == (503, "insufficient_storage", "60")
    assert post(shell, "/v1/size", b"x" * 1000).status_code == 200
    assert [path for path in (Path(settings.TTSAI_HOME) / "tmp").iterdir() if path.is_file()] == []

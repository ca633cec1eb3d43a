"""Connections without a proper request."""

import json
import socket
import time
import uuid
from typing import Any

import pytest
import redis

from tests.web.shell import RunningShell, wait_for_waiters
from tests.web.urls import LEFT
from ttsai.web import protocol

AHEAD = b"GET /v1/echo HTTP/1.1\r\nHost: x\r\n\r\n"


def answer_to(shell: RunningShell, *pieces: bytes, pause_seconds: float = 0.0) -> bytes:
    """Everything received until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause_seconds)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def error_of(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"x-request-id: req_" in head
    assert b"x-ratelimit-reset: " in head
    error: dict[str, Any] = json.loads(body)["error"]
    return error


@pytest.mark.parametrize("request_line", [b"nonsense\r\n\r\n", b"GET\x00 / HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_malformed_http_is_a_400_in_json(shell: RunningShell, request_line: bytes) -> None:
    answer = answer_to(shell, request_line)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert error_of(answer)["code"] == "invalid_http_request"


@pytest.mark.parametrize("line", [b"x: " + b"y" * 100_000, b"x: y\r\n" * 20_000], ids=["one long header", "many headers"])
def test_headers_have_a_limit(shell: RunningShell, line: bytes) -> None:
    answer = answer_to(shell, b"GET /v1/echo HTTP/1.1\r\nHost: x\r\n", line[:90_000], pause_seconds=0.1)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert error_of(answer)["code"] == "invalid_http_request"


def test_headers_that_do_not_come_end_the_connection(shell: RunningShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    assert answer_to(shell) == b""
    assert answer_to(shell, b"GET /v1/echo HTTP/1.1\r\nHost: x\r\n").startswith(b"HTTP/1.1 408 ")


def test_the_rest_of_a_refused_body_is_not_waited_for_without_end(shell: RunningShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "REFUSED_BODY_SECONDS", 0.5)
    head = b"POST /v1/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    answer = answer_to(shell, head, b"x", b"x", pause_seconds=0.2)  # until the server closes
    assert answer.startswith(b"HTTP/1.1 404 ")
    whole = answer_to(shell, head + b"x" * 1000, AHEAD, AHEAD[:-2] + b"Connection: close\r\n\r\n", pause_seconds=0.4)
    assert (whole.count(b"HTTP/1.1 404 "), whole.count(b"HTTP/1.1 200 ")) == (1, 2)


def test_connection_serves_many_requests_with_bodies_of_any_kind(shell: RunningShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 1.0)
    body = b"x" * 200_000
    request = b"POST /v1/size HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        connection.sendall(request[:10])
        until = time.monotonic() + 2 * protocol.HEAD_SECONDS  # the bound on a head begins anew with each request
        while time.monotonic() < until:
            connection.sendall(request[10:] + request[:10])  # a head in two pieces: its beginning comes with the body before it
            received = b""
            while not received.endswith(b'"200000"}'):
                received += connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")


def test_requests_sent_ahead_are_answered_in_order(shell: RunningShell) -> None:
    requests = b"".join(
        b"GET /v1/echo?n=%d HTTP/1.1\r\nHost: x\r\n%s\r\n" % (n, b"Connection: close\r\n" if n == 3 else b"") for n in range(4)
    )
    answer = answer_to(shell, requests)
    assert answer.count(b"HTTP/1.1 200 ") == 4
    assert [answer.index(b'{"n":"%d"}' % n) for n in range(4)] == sorted(answer.index(b'{"n":"%d"}' % n) for n in range(4))


def test_a_pipelining_client_that_disconnects_is_noticed(
    shell: RunningShell, valkey: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    job = uuid.uuid4().hex
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        connection.sendall(b"GET /v1/wait/%s HTTP/1.1\r\nHost: x\r\n\r\n" % job.encode() + AHEAD * 20)
        wait_for_waiters(valkey, 1)
    until = time.monotonic() + 60
    while job not in LEFT:
        assert time.monotonic() < until, "the leaving was not noticed"
        time.sleep(0.02)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
            connection.sendall(AHEAD * 50)
            connection.recv(100)
    assert answer_to(shell, AHEAD, b"GET /v1/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").count(b"HTTP/1.1 200 ") == 2
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_malformed_http_aborts_a_started_response(shell: RunningShell) -> None:
    job = uuid.uuid4().hex
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        connection.sendall(b"GET /v1/events/%s HTTP/1.1\r\nHost: x\r\n\r\n" % job.encode())
        received = connection.recv(65536)
        connection.sendall(b"\x00nonsense\r\n\r\n")
        received += b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.count(b"HTTP/1.1") == 1

"""Refusals of the shell itself, in the dialect of the path."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

import httpx
import pytest

from tests.web.shell import RunningShell, running_shell
from ttsai.web import protocol

LARGE = 3_000_001
THINGS = b"POST /v1/other/things HTTP/1.1\r\nHost: x\r\n"
CASES = {
    "a body over the limit": (THINGS + b"Content-Length: 99000000\r\n\r\n", 413, "request_too_large"),
    "a chunked body over the limit": (
        THINGS + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % LARGE + b"x" * LARGE,
        413,
        "request_too_large",
    ),
    "a body without a key": (b"POST /v1/other/uploads HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n", 401, "missing_api_key"),
    "a raw query": (b"GET /v1/other/things?a=\xff HTTP/1.1\r\nHost: x\r\n\r\n", 422, "invalid_http_request"),
    "a malformed path": (b"GET /v1/other/\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 422, "invalid_http_request"),
    "a malformed request with an absolute target": (b"GET http://x/v1/other/a HTTP/1.1\r\n\r\n", 422, "invalid_http_request"),
    "an unknown route": (b"GET /v1/other/nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404, "not_found"),
    "an error behind a view": (b"GET /v1/other/faults/conflict?later HTTP/1.1\r\nHost: x\r\n\r\n", 409, "not_now"),
    "a bug behind a view": (b"GET /v1/other/faults/bug?later HTTP/1.1\r\nHost: x\r\n\r\n", 500, "internal_error"),
    "a shared path with the header of the dialect": (
        b"GET /v1/account HTTP/1.1\r\nHost: x\r\nAuthorization: Token no\r\n\r\n",
        401,
        "invalid_api_key",
    ),
    "no Host": (b"GET /v1/other/things HTTP/1.1\r\n\r\n", 422, "invalid_http_request"),
    "a malformed header": (b"GET /v1/other/things HTTP/1.1\r\nHost x\r\n\r\n", 422, "invalid_http_request"),
    "a large header": (b"GET /v1/other/things HTTP/1.1\r\nHost: x\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", 431, "invalid_http_request"),
    "many headers in one piece": (b"GET /v1/other/things HTTP/1.1\r\n" + b"x: y\r\n" * 12_000 + b"\r\n", 431, "invalid_http_request"),
}


@pytest.fixture
def shell(transactional_db: None, settings: Any) -> Iterator[RunningShell]:
    settings.TTSAI_DIALECTS = [*settings.TTSAI_DIALECTS, "tests.core.other_api.DIALECT"]
    settings.ROOT_URLCONF = "tests.core.other_urls"
    settings.TTSAI_WEB_THREADS = 2
    with running_shell() as shell:
        yield shell


def refusal_of(shell: RunningShell, request: bytes) -> tuple[int, str]:
    """Status and code, after checking the shape and the header names of the dialect."""
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        connection.sendall(request)
        with HTTPResponse(connection) as response:
            response.begin()
            body = json.loads(response.read())
    assert set(body) == {"detail"}
    detail = body["detail"]
    assert detail["request"] == response.headers["request-id"]
    assert detail["message"]
    assert response.headers["x-request-id"] is None
    assert response.headers["ratelimit-limit"] is not None
    assert response.headers["www-authenticate"] == ("Token" if response.status == 401 else None)
    return response.status, detail["status"]


def test_refusals_of_the_shell_have_the_shape_of_the_dialect(shell: RunningShell) -> None:
    found = {name: refusal_of(shell, request) for name, (request, _, _) in CASES.items()}
    assert found == {name: (status, code) for name, (_, status, code) in CASES.items()}


def test_success_behind_a_view_has_the_envelope_and_headers_of_the_dialect(shell: RunningShell) -> None:
    answer = httpx.get(f"{shell.url}/v1/other/later", headers={"request-id": "mine-1"})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {"done": True}})
    assert answer.headers["request-id"] == "mine-1"
    assert {"x-request-id", "x-ratelimit-limit"} & set(answer.headers) == set()
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_body_and_head_that_do_not_arrive_are_refused_in_the_dialect(
    shell: RunningShell, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TTSAI_BODY_SECONDS = 0.2
    assert refusal_of(shell, THINGS + b"Content-Length: 9\r\n\r\n{") == (408, "request_timeout")
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    assert refusal_of(shell, THINGS) == (408, "invalid_http_request")


def test_full_disk_and_busy_threads_are_refused_in_the_dialect(shell: RunningShell, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TTSAI_DISK_RESERVE_BYTES = 10**18
    large = THINGS + b"Content-Length: 1900000\r\n\r\n" + b"x" * 1_900_000
    assert refusal_of(shell, large) == (503, "insufficient_storage")
    monkeypatch.setattr(shell.application._threads, "_most", 0)
    assert refusal_of(shell, THINGS + b"Content-Length: 0\r\n\r\n") == (503, "server_busy")


def test_refusals_beside_the_dialect_keep_the_platforms_shape(shell: RunningShell) -> None:
    for request in (b"GET /v1/audio/speech HTTP/1.1\r\n\r\n", b"nonsense\r\n\r\n", b"GET /v1/tts\xff HTTP/1.1\r\nHost: x\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"\r\nx-request-id: req_" in head
        assert json.loads(body)["error"]["code"] == "invalid_http_request"

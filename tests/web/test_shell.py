"""The shell through sockets: methods, paths, headers, errors, threads."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.db import connection

from tests.web.shell import RunningShell, running_shell
from ttsai.web import threads


def test_json_goes_in_and_out_through_django(shell: RunningShell) -> None:
    answer = httpx.post(f"{shell.url}/v1/echo/", json={"text": "héllo 😀", "deep": [{"a": None}]})
    assert (answer.status_code, answer.json()) == (200, {"text": "héllo 😀", "deep": [{"a": None}]})
    assert answer.headers["content-type"] == "application/json"


def test_the_trailing_slash_is_optional_and_nothing_redirects(shell: RunningShell) -> None:
    for path in ("/v1/echo", "/v1/echo/"):
        answer = httpx.get(f"{shell.url}{path}?a=1")
        assert (answer.status_code, answer.json()) == (200, {"query": {"a": "1"}, "path": "/v1/echo/"})


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/nowhere", 404, "not_found"),
        ("DELETE", "/v1/echo", 405, "method_not_allowed"),
        ("GET", "/v1/size", 405, None),
        ("GET", "/v1/fail", 409, "not_now"),
        ("GET", "/v1/fail?bug", 500, "internal_error"),
        ("GET", "/v1/fail?early", 500, "internal_error"),
        ("GET", "/v1/echo?a=%00", 400, "invalid_request"),
        ("GET", "/v1/%00", 400, "invalid_request"),
        ("OPTIONS", "/nowhere", 404, "not_found"),
    ],
)
def test_every_answer_has_its_id_and_its_limits(shell: RunningShell, method: str, path: str, status: int, code: str | None) -> None:
    answer = httpx.request(method, f"{shell.url}{path}", headers={"X-Request-Id": "mine-1"})
    assert answer.status_code == status
    assert answer.headers["x-request-id"] == "mine-1"
    assert {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(answer.headers)
    if code is not None:
        assert (answer.json()["error"]["code"], answer.json()["error"]["request_id"]) == (code, "mine-1")


def test_head_is_get_without_the_body(shell: RunningShell) -> None:
    whole = httpx.get(f"{shell.url}/v1/echo/")
    head = httpx.head(f"{shell.url}/v1/echo/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))


def test_options_needs_no_key_and_names_the_methods(shell: RunningShell) -> None:
    answer = httpx.options(f"{shell.url}/v1/echo")
    assert (answer.status_code, answer.headers["allow"]) == (200, "GET, POST, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b'{"a": 1}', "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"a": 1}', "application/json; charset=utf-8", 200),
        (b'{"a": 1}', None, 200),
        (b'{"a": "\\ud800\\u0000"}', "application/json", 200),
        (b'{"a": 1}', "garbage", 415),
        (b"", "application/json", 200),
    ],
)
def test_no_body_makes_the_server_fail(shell: RunningShell, body: bytes, content_type: str | None, status: int) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = httpx.post(f"{shell.url}/v1/echo", content=body, headers=headers)
    assert answer.status_code == status
    if status >= 400:
        assert answer.json()["error"]["message"]


def test_a_raw_query_string_is_a_400(shell: RunningShell) -> None:
    with socket.create_connection(("127.0.0.1", shell.port), timeout=60) as connection:
        connection.sendall(b"GET /v1/echo?a=\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400")


def test_a_file_is_sent_whole_or_in_part(shell: RunningShell) -> None:
    whole = httpx.get(f"{shell.url}/v1/ranged")
    size = len(whole.content)
    assert (whole.status_code, whole.headers["accept-ranges"], whole.headers["etag"]) == (200, "bytes", '"v1"')
    part = httpx.get(f"{shell.url}/v1/ranged", headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.content) == (206, whole.content[3:10])
    assert part.headers["content-range"] == f"bytes 3-9/{size}"
    same = httpx.get(f"{shell.url}/v1/ranged", headers={"Range": "bytes=3-9", "If-Range": '"v1"'})
    other = httpx.get(f"{shell.url}/v1/ranged", headers={"Range": "bytes=3-9", "If-Range": '"v2"'})
    assert (same.status_code, other.status_code) == (206, 200)
    last = httpx.get(f"{shell.url}/v1/ranged", headers={"Range": "bytes=-5"})
    assert last.content == whole.content[-5:]
    head = httpx.head(f"{shell.url}/v1/ranged")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(size))


def test_a_range_that_is_not_there_is_a_416_in_json(shell: RunningShell) -> None:
    answer = httpx.get(f"{shell.url}/v1/ranged", headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")
    assert answer.json()["error"]["code"] == "invalid_range"
    assert "x-request-id" in answer.headers


def test_a_stream_of_djangos_arrives_whole(shell: RunningShell) -> None:
    assert httpx.get(f"{shell.url}/v1/stream").content == b"x" * 100_000


def test_threads_and_their_connections_persist(shell: RunningShell) -> None:
    with httpx.Client() as client:
        seen = [client.get(f"{shell.url}/v1/threads").json() for _ in range(20)]
    threads = {entry["thread"] for entry in seen}
    assert len(threads) <= 4
    assert len({entry["backend"] for entry in seen}) == len(threads)


def test_lost_database_connection_costs_one_503_on_a_busy_thread_only(shell: RunningShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "TRUSTED_SECONDS", 60.0)  # however slow this machine is, these connections were used just now

    def ask() -> httpx.Response:
        return httpx.get(f"{shell.url}/v1/threads")

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    for _ in range(8):
        ask()
    cut()
    answers = [ask() for _ in range(40)]  # more than threads: each of those that were used answers one of them with 503
    assert {answer.status_code for answer in answers} == {200, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert (refused.json()["error"]["code"], refused.headers["retry-after"]) == ("unavailable", "2")
    assert answers[-1].status_code == 200
    cut()
    monkeypatch.setattr(threads, "TRUSTED_SECONDS", 0.0)
    assert {ask().status_code for _ in range(8)} == {200}


def test_too_many_requests_at_once_are_turned_away_at_once(transactional_db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.TTSAI_WEB_THREADS, settings.TTSAI_WEB_QUEUE = 1, 1
    with running_shell() as shell, ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: httpx.get(f"{shell.url}/v1/threads?seconds=1"), range(4)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 503, 503]
        refused = next(answer for answer in answers if answer.status_code == 503)
        assert (refused.json()["error"]["code"], refused.headers["retry-after"]) == ("server_busy", "2")
        assert {"x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(refused.headers)

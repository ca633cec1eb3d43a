"""WebSocket routes: authentication, limits, errors, closing codes and the stop of the server, with a real client."""

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import redis
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from apps.accounts.services.keys import revoke_key
from apps.core.leases import release_lease, take_lease
from tests.factories import AnonymousPlanFactory, bearer, make_key
from tests.flows.following import wait_until
from tests.web import sockets
from tests.web.shell import RunningShell, running_shell
from ttsai.web.sockets import protocol, router, session

PATIENCE = 20.0
HANDSHAKE = (
    b"GET /v1/echo/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.fixture
def shell(transactional_db: None, settings: Any) -> Iterator[RunningShell]:
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.TTSAI_SOCKET_ROUTES = ["tests.web.sockets.ROUTES"]
    settings.TTSAI_WEB_THREADS = 2
    with running_shell() as shell:
        yield shell


@pytest.fixture
def secret(shell: RunningShell) -> str:
    return make_key()[1]


def open_socket(shell: RunningShell, path: str, *, secret: str = "", **arguments: Any) -> ClientConnection:
    headers = {**(bearer(secret) if secret else {}), **arguments.pop("headers", {})}
    return connect(f"ws://127.0.0.1:{shell.port}{path}", additional_headers=headers, open_timeout=PATIENCE, proxy=None, **arguments)


def refusal(shell: RunningShell, path: str, **arguments: Any) -> tuple[int, str]:
    """Status and error code of a refused handshake."""
    with pytest.raises(InvalidStatus) as refused, open_socket(shell, path, **arguments):
        pass
    response = refused.value.response
    error = json.loads(response.body or b"")["error"]
    assert error["request_id"] == response.headers["X-Request-Id"]
    return response.status_code, error["code"]


def ending(connection: ClientConnection) -> tuple[int, str]:
    """Code and reason with which the server closes the connection."""
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=PATIENCE)
    frame = closed.value.rcvd
    assert frame is not None
    return frame.code, frame.reason


def send_without_end(connection: ClientConnection) -> None:
    while True:
        connection.send("again")


def send_many_and_read(connection: ClientConnection) -> None:
    """Send 500 texts, then read until the connection is closed."""
    for _ in range(500):
        connection.send("again")
    while True:
        connection.recv(timeout=PATIENCE)


def received(connection: ClientConnection) -> str | bytes | None:
    """Next message that came before the connection was closed; None behind the last."""
    try:
        return connection.recv(timeout=PATIENCE)
    except ConnectionClosed:
        return None


def test_socket_route_echoes_messages_of_a_caller_with_a_key(shell: RunningShell, secret: str) -> None:
    with open_socket(shell, "/v1/echo", secret=secret, subprotocols=["other", "speech.v1"], headers={"X-Request-Id": "mine"}) as connection:
        for message in ("Grüße", b"\x00\xff", "x" * 1000):
            connection.send(message)
            assert connection.recv(timeout=PATIENCE) == message
        assert connection.subprotocol == "speech.v1"
        assert connection.response is not None
        assert connection.response.headers["X-Request-Id"] == "mine"
        connection.send("bye")
        assert ending(connection) == (1000, "")


def test_socket_without_a_valid_key_is_refused_before_it_opens(shell: RunningShell, secret: str) -> None:
    assert refusal(shell, "/v1/echo/") == (401, "missing_api_key")
    assert refusal(shell, "/v1/echo/", secret="sk-tts-wrong") == (401, "invalid_api_key")
    assert refusal(shell, f"/v1/echo/?api_key={secret}&token={secret}") == (401, "missing_api_key")
    narrow = make_key(scopes=["uploads:read"])[1]
    assert refusal(shell, "/v1/named/one/", secret=narrow) == (403, "missing_scope")
    assert refusal(shell, "/v1/nothing/", secret=secret) == (404, "not_found")


def test_socket_route_that_welcomes_anonymous_callers_opens_without_a_key(shell: RunningShell) -> None:
    AnonymousPlanFactory()
    with open_socket(shell, "/v1/open/") as connection:
        connection.send("hello")
        assert connection.recv(timeout=PATIENCE) == "hello"
    assert refusal(shell, "/v1/open/", secret="sk-tts-wrong") == (401, "invalid_api_key")
    assert refusal(shell, "/v1/echo/") == (401, "missing_api_key")


def test_socket_of_a_foreign_page_is_refused_and_of_a_listed_origin_opens(shell: RunningShell, secret: str, settings: Any) -> None:
    settings.TTSAI_CORS_ORIGINS = ["https://*.example.com"]
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{shell.port + 1}"):
        assert refusal(shell, "/v1/quiet/", secret=secret, headers={"Origin": origin}) == (403, "origin_not_allowed")
    for origin in ("https://app.example.com", f"http://127.0.0.1:{shell.port}"):
        with open_socket(shell, "/v1/quiet/", secret=secret, headers={"Origin": origin}) as connection:
            connection.send("hello")
            assert connection.recv(timeout=PATIENCE) == "hello"


def test_socket_beyond_the_limits_of_its_caller_is_refused_with_429(shell: RunningShell, valkey: redis.Redis, settings: Any) -> None:
    key, one = make_key(concurrent_jobs=1)
    with open_socket(shell, "/v1/named/first/", secret=one) as connection:
        assert connection.recv(timeout=PATIENCE)
        assert refusal(shell, "/v1/echo/", secret=one) == (429, "concurrency_limit_exceeded")
    wait_until(lambda: "first" in sockets.LEFT)
    wait_until(lambda: valkey.zcard(f"lease:key:{key.pk}") == 0)
    lease = take_lease({f"key:{key.pk}": 1})  # as another process does
    assert lease is not None
    assert refusal(shell, "/v1/echo/", secret=one) == (429, "concurrency_limit_exceeded")
    release_lease(lease)
    with open_socket(shell, "/v1/echo/", secret=one):
        settings.TTSAI_SOCKETS = 1
        assert refusal(shell, "/v1/echo/", secret=make_key()[1]) == (503, "server_busy")
        settings.TTSAI_SOCKETS = 100
    seldom = make_key(requests_per_minute=1)[1]
    with open_socket(shell, "/v1/echo/", secret=seldom):
        assert refusal(shell, "/v1/echo/", secret=seldom) == (429, "rate_limit_exceeded")
    scoped = make_key(requests_per_minute_by_scope={"tts:generate": 1})[1]
    with open_socket(shell, "/v1/named/second/", secret=scoped), open_socket(shell, "/v1/echo/", secret=scoped):
        assert refusal(shell, "/v1/named/third/", secret=scoped) == (429, "rate_limit_exceeded")


def test_socket_whose_key_is_revoked_is_closed_and_others_stay_open(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(router, "RENEW_SECONDS", 0.1)
    settings.ROOT_URLCONF, settings.TTSAI_SOCKET_ROUTES = "tests.web.urls", ["tests.web.sockets.ROUTES"]
    (key, revoked), (_, other) = make_key(), make_key()
    with (
        running_shell() as shell,
        open_socket(shell, "/v1/echo/", secret=revoked) as one,
        open_socket(shell, "/v1/echo/", secret=other) as two,
    ):
        revoke_key(key)
        assert json.loads(one.recv(timeout=PATIENCE))["error"]["code"] == "invalid_api_key"
        assert ending(one) == (1008, "invalid_api_key")
        two.send("still open")
        assert two.recv(timeout=PATIENCE) == "still open"


def test_text_messages_have_a_lower_limit_than_audio(shell: RunningShell, secret: str) -> None:
    with open_socket(shell, "/v1/heard/", secret=secret, max_queue=None) as connection:
        for number in range(50):
            connection.send(bytes([number]))
        assert [connection.recv(timeout=PATIENCE) for _ in range(50)] == [bytes([number]) for number in range(50)]
        with pytest.raises(ConnectionClosed) as closed:
            send_many_and_read(connection)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "too_many_messages")


@pytest.mark.parametrize(
    ("path", "message", "end"),
    [
        ("/v1/echo/", "é" * 501, (1009, "message_too_large")),
        ("/v1/quiet/", None, (1008, "idle_timeout")),
        ("/v1/short/", None, (1008, "session_too_long")),
    ],
)
def test_socket_beyond_a_limit_sends_the_error_before_it_closes(
    shell: RunningShell, secret: str, path: str, message: str | None, end: tuple[int, str]
) -> None:
    with open_socket(shell, path, secret=secret) as connection:
        if message is not None:
            connection.send(message)
        error = json.loads(connection.recv(timeout=PATIENCE))["error"]
        assert error["code"] == end[1]
        assert error["message"]
        assert ending(connection) == end


def test_message_above_the_largest_of_any_route_is_answered_while_it_is_still_sent(shell: RunningShell, secret: str) -> None:
    with open_socket(shell, "/v1/quiet/", secret=secret) as connection:
        connection.send("x" * (8 * protocol.MESSAGE_BYTES))
        assert json.loads(connection.recv(timeout=PATIENCE))["error"]["code"] == "message_too_large"
        assert ending(connection)[0] == 1009
    wait_until(lambda: not shell.server.server_state.connections)


def test_socket_that_sends_more_messages_than_its_rate_gets_an_error_and_is_closed(shell: RunningShell, secret: str) -> None:
    with open_socket(shell, "/v1/echo/", secret=secret, max_queue=None) as connection:
        with pytest.raises(ConnectionClosed) as closed:
            send_without_end(connection)
        *_, last = iter(lambda: received(connection), None)
    assert json.loads(last)["error"]["code"] == "too_many_messages"
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "too_many_messages")


@pytest.mark.parametrize(("message", "shown", "code"), [("conflict", "not_now", 1008), ("bug", "internal_error", 1011)])
def test_socket_whose_handler_fails_sends_the_error_and_closes(
    shell: RunningShell, secret: str, message: str, shown: str, code: int
) -> None:
    with open_socket(shell, "/v1/echo/", secret=secret) as connection:
        connection.send(message)
        error = json.loads(connection.recv(timeout=PATIENCE))["error"]
        assert error["code"] == shown
        assert "handler" not in error["message"]
        assert ending(connection) == (code, shown)


def test_open_sockets_are_closed_and_streams_end_when_the_server_stops(shell: RunningShell, secret: str) -> None:
    answers: list[httpx.Response] = []
    job = uuid.uuid4()
    stream = threading.Thread(target=lambda: answers.append(httpx.get(f"{shell.url}/v1/wait/{job}/", timeout=PATIENCE)))
    with open_socket(shell, "/v1/echo/", secret=secret) as connection:
        stream.start()
        connection.send("still open")
        assert connection.recv(timeout=PATIENCE) == "still open"
        shell.start_graceful_stop()
        assert json.loads(connection.recv(timeout=PATIENCE))["error"]["code"] == "server_stops"
        assert ending(connection) == (1012, "server_stops")
    stream.join(PATIENCE)
    assert [answer.json()["end"] for answer in answers] == [None]
    assert refusal(shell, "/v1/echo/", secret=secret) == (503, "unavailable")


def test_socket_of_a_client_that_reads_nothing_is_dropped(shell: RunningShell, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CLOSE_SECONDS", 0.1)
    monkeypatch.setattr(protocol, "CLOSE_SECONDS", 0.1)
    with socket.create_connection(("127.0.0.1", shell.port), timeout=PATIENCE) as connection:
        head = HANDSHAKE.replace(b"/v1/echo/", b"/v1/flood/")
        connection.sendall(head + b"Authorization: Bearer %s\r\n\r\n" % secret.encode())
        wait_until(lambda: shell.application._sockets._open_count == 1)
        wait_until(lambda: shell.application._sockets._open_count == 0)
        wait_until(lambda: not shell.server.server_state.connections)  # dropped, although the client is still there


def test_pings_of_a_client_that_reads_nothing_are_not_all_answered(shell: RunningShell, secret: str) -> None:
    ping, buffered = b"\x89\xfd\0\0\0\0" + b"x" * 125, []
    with socket.create_connection(("127.0.0.1", shell.port), timeout=PATIENCE) as connection:
        connection.sendall(HANDSHAKE + b"Authorization: Bearer %s\r\n\r\n" % secret.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")
        (opened,) = shell.server.server_state.connections
        for _ in range(150):
            connection.sendall(ping * 1000)
            buffered.append(opened.transport.get_write_buffer_size())  # type: ignore[union-attr]
        assert 0 < max(buffered) < 2 * protocol.MESSAGE_BYTES


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (HANDSHAKE.replace(b"GET", b"POST"), 400),
        (HANDSHAKE + b"Content-Length: 3\r\n", 400),
        (HANDSHAKE + b"Transfer-Encoding: chunked\r\n", 400),
        (HANDSHAKE.replace(b"Version: 13", b"Version: 8"), 400),
        (HANDSHAKE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"), 400),
        (HANDSHAKE.replace(b"/v1/echo/", b"/v1/echo/?" + b"x" * 9000), 431),
        (HANDSHAKE + b"x: y\r\n" * 200, 431),
        (HANDSHAKE + b"Origin: http://a\r\nOrigin: http://b\r\n", 400),
        (HANDSHAKE + b"Sec-WebSocket-Protocol: a b\r\n", 400),
        (HANDSHAKE.replace(b"/v1/echo/", b"/v1/echo/?\xff"), 400),
        (HANDSHAKE, 401),
    ],
    ids=["post", "body", "chunked", "version", "key", "long url", "many headers", "origins", "protocol", "bytes in the url", "no API key"],
)
def test_faulty_websocket_handshake_is_refused_in_json_without_a_traceback(
    shell: RunningShell, request_head: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", shell.port), timeout=PATIENCE) as connection:
        connection.sendall(request_head + b"\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["message"]
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x82\0\0\0\0\xff\xfe",
        b"\xff\x80\0\0\0\0",
        b"\x81\x02no",
        b"\x88\x81\0\0\0\0x",
        b"\x01\x80\0\0\0\0" + b"\0\x80\0\0\0\0" * 2000,
    ],
    ids=["utf-8", "opcode", "unmasked", "close", "empty fragments"],
)
def test_frames_that_violate_the_protocol_close_the_socket_without_a_traceback(
    shell: RunningShell, secret: str, frame: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", shell.port), timeout=PATIENCE) as connection:
        connection.sendall(HANDSHAKE + b"Authorization: Bearer %s\r\n\r\n" % secret.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")
        connection.sendall(frame)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    length = int.from_bytes(answer[2:4], "big")
    error, closing = json.loads(answer[4 : 4 + length])["error"], answer[4 + length :]
    assert answer[:2] == b"\x81\x7e"  # a text of 126 bytes or more
    assert error["code"] == "invalid_message"
    assert closing[:1] == b"\x88"
    assert int.from_bytes(closing[2:4], "big") in {1002, 1007, 1008}
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []

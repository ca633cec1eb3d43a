"""Body limits by route: not one byte more is read."""

import json
import re
import resource
import select
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from apps.accounts.scopes import SCOPES
from apps.compat.realtime.views import MOST_BODY_BYTES
from apps.core.dialects import dialect_of
from apps.jobs.models import Job
from apps.uploads.admission import FORM_BYTES
from tests.factories import make_key
from tests.routes.shown_errors import read_error
from tests.routes.table import Route, Row, all_rows, other_routes, routes_below
from tests.walking import walk
from tests.web.shell import RunningShell, running_shell
from ttsai.web.routes import body_gate, body_limit, find_route

VALUES = {"key_id": "1", "name": "output.mp3"}
"""Values of path parameters that are no UUID."""


def filled(path: str) -> str:
    below = re.sub(r"<(\w+)>", lambda name: VALUES.get(name[1], str(UUID(int=1))), path)
    return below if below.startswith("/") else f"/v1/{below}"


def check_limit(route: Route) -> None:
    match = find_route(filled(route.path))
    assert match is not None
    if body_gate(match) is None:
        assert body_limit(match) in {MOST_BODY_BYTES, settings.TTSAI_JSON_BODY_BYTES, settings.TTSAI_TEXT_BODY_BYTES}
    else:
        assert settings.TTSAI_TEXT_BODY_BYTES < body_limit(match) <= settings.TTSAI_UPLOAD_BYTES + FORM_BYTES


def test_body_limit_of_a_route_depends_on_its_content() -> None:
    walk(routes_below("v1/"), check_limit, at_least=98, name=lambda route: route.path)


@pytest.fixture
def server(transactional_db: None) -> Iterator[RunningShell]:
    with running_shell() as shell:
        yield shell


def test_a_body_over_the_limit_is_refused_before_its_first_byte(server: RunningShell) -> None:
    for row in all_rows():
        path = filled(row.path)
        for headers in (f"Content-Length: {body_limit(find_route(path)) + 1}", f"Content-Length: {10**18}"):
            status, body = answer_to(server.port, f"{row.method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode())
            expected = {(413, "request_too_large")}
            if (match := find_route(path)) and body_gate(match):  # a stranger learns that he is one before anything else
                expected = {(401, "missing_api_key"), (403, "invalid_signature")}
            assert (status, read_error(path, {}, body).code) in expected, (row, headers)


HUGE = 200_000_000
PIECE = b"80000\r\n" + bytes(0x80000) + b"\r\n"
SLACK = 16_000_000
"""Bytes on the way that the server has not read: buffers of both sockets."""
MOST_MEMORY = 100_000_000


def upload_rows() -> list[Row]:
    """Rows of routes that take files, one for each view; those that take 200 MB apart."""
    rows = {(route.view, row.method): row for row in all_rows() if row.method != "GET" for route in routes() if route.path == row.path}
    return [row for row in rows.values() if settings.TTSAI_TEXT_BODY_BYTES < body_limit(find_route(filled(row.path))) < HUGE]


def routes() -> list[Route]:
    return [*routes_below("v1/"), *other_routes()]


def test_body_of_200_megabytes_without_a_length_is_cut_off_at_the_limit_of_each_upload_route(server: RunningShell) -> None:
    _, secret = make_key(requests_per_minute=1000, requests_per_minute_by_scope=dict.fromkeys(SCOPES, 1000))
    rows = upload_rows()
    dialects = {dialect_of(filled(row.path)).name for row in rows}
    assert {"platform", "openai", "elevenlabs", "clonyvoice", "deepgram", "openvoice", "stream-clone"} <= dialects
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for row in rows:
        path = filled(row.path)
        sent, answer = send_endlessly(server.port, row, secret=secret)
        assert sent < body_limit(find_route(path)) + SLACK, row
        status, _, body = answer.partition(b"\r\n\r\n")
        assert (int(status.split(b" ", 2)[1]), read_error(path, {}, json.loads(body)).code) == (413, "request_too_large"), row
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) * 1024 < MOST_MEMORY
    assert not Job.objects.exists()


def send_endlessly(port: int, row: Row, *, secret: str) -> tuple[int, bytes]:
    """Send a chunked body of up to 200 MB until the server answers: the bytes sent, and the response."""
    is_form = isinstance(row.body, dict) and any(isinstance(value, bytes) for value in row.body.values())
    kind = "multipart/form-data; boundary=x" if is_form else "application/json"
    head = f"{row.method} {filled(row.path)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nContent-Type: {kind}\r\n"
    sent, left = 0, memoryview(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        while sent < HUGE:
            readable, writable, _ = select.select([connection], [connection], [], 60)
            if readable:
                break
            assert writable, row
            count = connection.send(left, socket.MSG_DONTWAIT)
            sent, left = sent + count, left[count:] or memoryview(PIECE)
        received = b""
        while not _is_whole(received):
            more = connection.recv(65536)
            assert more, received
            received += more
    return sent, received


def answer_to(port: int, head: bytes) -> tuple[int, Any]:
    """Status and JSON body of a request without a byte of its body."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head)
        while not _is_whole(received):
            more = connection.recv(65536)
            assert more, received
            received += more
    return int(received.split(b" ", 2)[1]), json.loads(received.partition(b"\r\n\r\n")[2])


def _is_whole(received: bytes) -> bool:
    """True once as many bytes of the body are there as its Content-Length announces."""
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return bool(end) and length is not None and len(body) >= int(length[1])

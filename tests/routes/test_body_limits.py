"""Body limits by route: not one byte more is read."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from apps.compat.realtime.views import MOST_BODY_BYTES
from apps.uploads.admission import FORM_BYTES
from tests.routes.shown_errors import read_error
from tests.routes.table import Route, all_rows, routes_below
from tests.web.shell import RunningShell, running_shell
from ttsai.web.routes import body_gate, body_limit, find_route

VALUES = {"key_id": "1", "name": "output.mp3"}
"""Values of path parameters that are no UUID."""


def filled(path: str) -> str:
    below = re.sub(r"<(\w+)>", lambda name: VALUES.get(name[1], str(UUID(int=1))), path)
    return below if below.startswith("/") else f"/v1/{below}"


@pytest.mark.parametrize("route", routes_below("v1/"), ids=lambda route: route.path)
def test_body_limit_of_a_route_depends_on_its_content(route: Route) -> None:
    match = find_route(filled(route.path))
    assert match is not None
    if body_gate(match) is None:
        assert body_limit(match) in {MOST_BODY_BYTES, settings.TTSAI_JSON_BODY_BYTES, settings.TTSAI_TEXT_BODY_BYTES}
    else:
        assert settings.TTSAI_TEXT_BODY_BYTES < body_limit(match) <= settings.TTSAI_UPLOAD_BYTES + FORM_BYTES


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


def answer_to(port: int, head: bytes) -> tuple[int, Any]:
    """Status and JSON body of a request without a byte of its body."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
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

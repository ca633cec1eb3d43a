"""Malformed connections: each gets an error, or is closed, within SECONDS."""

import re
import socket

import httpx
import pytest

from tests.flows.running import RunningPlatform
from tests.sweep.bad import SECONDS, check_answer
from tests.sweep.raw_cases import CASES, Raw

ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n(.*)", re.DOTALL)


def exchange(port: int, sent: bytes) -> bytes:
    """Everything received before the connection is closed, or the first whole response."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        try:
            connection.sendall(sent)
            while not _is_whole(received):
                more = connection.recv(65536)
                if not more:
                    break
                received += more
        except ConnectionError:
            pass  # closed while it was still being written to; what arrived before that counts
    return received


def _is_whole(received: bytes) -> bool:
    found = ANSWER.fullmatch(received)
    length = re.search(rb"content-length: (\d+)", found[2]) if found else None
    return bool(found and length and len(found[3]) >= int(length[1]))


@pytest.mark.parametrize("raw", CASES, ids=str)
def test_a_malformed_request_is_a_clear_client_error(swept: RunningPlatform, key: str, raw: Raw) -> None:
    received = exchange(swept.port, raw.sent.replace(b"$KEY", key.encode()))
    found = ANSWER.fullmatch(received)
    if found is None:
        assert received == b""
        assert not raw.is_answered, "closed without a word"
    else:
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in found[2].decode().split("\r\n"))
        }
        check_answer(status=int(found[1]), headers=headers, body=found[3], sent=raw.sent.decode("latin-1"))
        assert int(found[1]) in raw.statuses, found[3]
    assert httpx.get(f"{swept.url}/v1/health/", timeout=SECONDS).status_code == 200


def test_the_platform_logged_no_error(swept: RunningPlatform) -> None:
    log = swept.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log

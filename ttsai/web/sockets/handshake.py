"""Validation of a WebSocket handshake, so that faulty ones are refused in the dialect of their path and not by the library."""

import re
from http import HTTPStatus
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol

MOST_HEADERS: Final = 100
LONGEST_LINE: Final = 8000
"""The WebSocket library reads 128 headers and lines of 8,192 bytes, and answers nothing beyond."""
_KEY: Final = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==")


def find_fault(method: str, url: bytes, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
    """Status and message for a handshake that is not valid (RFC 6455, section 4.2.1); None for a valid one."""
    keys = _values(headers, b"sec-websocket-key")
    longest = max(len(url), *(len(name) + len(value) for name, value in headers))
    checks = (
        (method == "GET", 400, "A WebSocket handshake must be a GET request."),
        (not _has_body(headers), 400, "A WebSocket handshake must not have a body."),
        (url.isascii(), 400, "The URL holds bytes that are not percent-encoded."),
        (len(headers) <= MOST_HEADERS and longest <= LONGEST_LINE, 431, "The handshake's URL or headers are too large."),
        (_values(headers, b"sec-websocket-version") == [b"13"], 400, "Sec-WebSocket-Version must be 13."),
        (len(keys) == 1 and _KEY.fullmatch(keys[0]) is not None, 400, "Sec-WebSocket-Key must be 16 bytes in base64."),
    )
    fault = next(((status, message) for is_met, status, message in checks if not is_met), None)
    return fault or _find_other_fault(url, headers)


def _find_other_fault(url: bytes, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
    """Fault for which the library would answer in its own words, such as two Origin headers."""
    given = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
    protocol = ServerProtocol()
    if protocol.accept(Request(url.decode(), given)).status_code == HTTPStatus.SWITCHING_PROTOCOLS:
        return None
    return 400, f"The WebSocket handshake is not valid: {protocol.handshake_exc}."


def _values(headers: list[tuple[bytes, bytes]], wanted: bytes) -> list[bytes]:
    return [value.strip() for name, value in headers if name == wanted]


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return bool(_values(headers, b"transfer-encoding")) or any(length != b"0" for length in _values(headers, b"content-length"))

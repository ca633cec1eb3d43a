"""Responses that a connection writes itself, for requests that never reach the application, in the dialect of the path."""

import contextlib
import time
from typing import Final
from urllib.parse import unquote

import httptools

from apps.core.dialects import REQUEST_ID, dialect_of
from apps.core.errors import ApplicationError
from apps.core.exception_handler import error_response
from apps.core.ids import request_id_from
from apps.core.limits import LimitState
from apps.core.middleware import write_limit

KEPT_BYTES: Final = 1024
"""Received bytes kept for reading the path of a request line that the parser refuses."""


def raw_refusal(error: ApplicationError, *, path: str) -> bytes:
    """The whole response, after which the connection is closed."""
    request_id = request_id_from("")
    response = error_response(error, request_id=request_id, path=path)
    write_limit(response, LimitState(is_allowed=True, limit=0, remaining=0, reset_at=int(time.time()), retry_after=0))
    response.headers[REQUEST_ID] = request_id
    response.headers["Connection"] = "close"
    response.headers["Content-Length"] = str(len(response.content))
    dialect_of(path).apply_to(response, seconds=0.0)
    head = "".join(f"{name.lower()}: {value}\r\n" for name, value in response.items())
    return f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n{head}\r\n".encode("latin-1") + response.content


def path_of(target: bytes) -> str:
    """Path of a request target (`/v1/tts?x`, `http://host/v1/tts`), as far as it was read."""
    if not target.startswith(b"/"):
        with contextlib.suppress(httptools.HttpParserInvalidURLError):
            target = httptools.parse_url(target).path or b"/"
    return unquote(target.partition(b"?")[0].decode("latin-1"))


def target_in(data: bytes) -> bytes:
    """Target of a request line that the parser refused as a whole."""
    words = data.partition(b"\r\n")[0].split(b" ")
    return words[1] if len(words) > 1 else b"/"

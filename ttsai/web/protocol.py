"""HTTP on a connection: uvicorn's, with an end to headers that never end, and its own errors in our shape."""

import asyncio
import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import error_response
from apps.core.ids import request_id_from

HEAD_SECONDS = 20.0
"""A connection that has not sent a whole request head by then is closed."""
REST_SECONDS = 60.0
"""So long the rest of a body may still come that was refused: clients which read only when they have sent all of it learn why."""
HEAD_BYTES = 64 * 1024
TOO_LARGE = "The request's headers are too large."
REASONS = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class GuardedProtocol(HttpToolsProtocol):
    """The parser neither limits a request's head nor waits for it with a clock: behind no proxy, both are wanted here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._told_bytes = 0
        self._has_begun = False
        self._fault = (400, "Invalid HTTP request received.")
        self._patience: asyncio.TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._abandon_answer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._has_begun and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, TOO_LARGE)

    def on_message_begin(self) -> None:
        self._has_begun, self._head_bytes, self._told_bytes = True, 0, 0
        self._expect_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._told_bytes += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._told_bytes += len(name) + len(value) + 4  # a colon, a space and the line's end
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._has_begun = False
        self._stop_waiting()
        if self._told_bytes > HEAD_BYTES:  # a head that came at once
            self._fault = (431, TOO_LARGE)
            raise ValueError(TOO_LARGE)  # ends the parser, which has the fault told
        if self.parser.get_http_version() == "1.1" and not any(name == b"host" for name, _ in self.headers):
            self._fault = (400, "The Host header is missing.")
            raise ValueError(self._fault[1])
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._stop_waiting()
            self._patience = self.loop.call_later(REST_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn says the same of everything
        self._refuse(*self._fault)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _abandon_answer(self) -> bool:
        """Nobody reads the answer that is being made; whether it had begun. Of requests that were sent ahead uvicorn tells only the last
        that its client left.
        """
        cycle = self._answering
        if cycle is None or cycle.response_complete:
            return False
        cycle.disconnected = True
        cycle.message_event.set()
        return cycle.response_started

    def _expect_head(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        if self._has_begun:
            self._refuse(408, "The request's headers did not arrive in time.")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        request_id = request_id_from("")
        error = InvalidRequestError(message, code="invalid_http_request", status=status)
        body = error_response(error, request_id=request_id).content
        limits = f"x-ratelimit-limit: 0\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: {int(time.time())}\r\n"
        head = (
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\nx-request-id: {request_id}\r\n{limits}connection: close\r\n"
        )
        if not self._abandon_answer():  # within an answer there is no place for another one
            self.transport.write(b"HTTP/1.1 %d %s\r\n%s\r\n%s" % (status, REASONS[status], head.encode(), body))
        self.transport.close()

"""HTTP protocol of a connection: uvicorn's, with a limit of the request head, and errors in the dialect of the path."""

import asyncio
import functools
import weakref
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from apps.core.errors import InvalidRequestError
from ttsai.web.body import UNREAD_BYTES
from ttsai.web.raw_refusals import KEPT_BYTES, path_of, raw_refusal, target_in
from ttsai.web.sockets.handshake import find_fault

HEAD_SECONDS = 20.0
"""Timeout of a request head, after which the connection is closed."""
REFUSED_BODY_SECONDS = 60.0
"""Time for the rest of a refused body, so that clients that read only after sending all of it learn the reason."""
HEAD_BYTES = 64 * 1024
TOO_LARGE = "The request's headers are too large."


class GuardedProtocol(HttpToolsProtocol):
    """Adds size and time limits to the request head, which the parser lacks; needed without a proxy in front."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._counted_bytes = 0
        self._target = b""
        self._data = b""
        self._has_begun = False
        self._fault = (400, "Invalid HTTP request received.")
        self._patience: asyncio.TimerHandle | None = None
        self._answering: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._abandon_response()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        self._data = data[:KEPT_BYTES]
        super().data_received(data)
        if self._has_begun and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, TOO_LARGE)

    def on_message_begin(self) -> None:
        self._has_begun, self._head_bytes, self._counted_bytes, self._target = True, 0, 0, b""
        self._expect_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._counted_bytes += len(url)
        self._target += url
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._counted_bytes += len(name) + len(value) + 4  # a colon, a space and the line's end
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._has_begun = False
        self._stop_waiting()
        if self._counted_bytes > HEAD_BYTES:  # a head that came at once
            self._fault = (431, TOO_LARGE)
            raise ValueError(TOO_LARGE)  # ends the parser, which then reports the fault
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
            self._patience = self.loop.call_later(REFUSED_BODY_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn says the same of everything
        self._refuse(*self._fault)

    def handle_websocket_upgrade(self) -> None:
        self._stop_waiting()
        fault = find_fault(self.scope["method"], self.url, self.headers)
        if self._answering is not None and not self._answering.response_complete:
            fault = (400, "A WebSocket handshake must not be sent before the last response has ended.")
        if fault is not None:
            self._refuse(*fault)
            return
        super().handle_websocket_upgrade()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        unread = functools.partial(_unread_bytes, weakref.ref(cycle))  # without a reference cycle for each request
        cast("dict[str, Any]", cycle.scope)[UNREAD_BYTES] = unread
        super()._start_asgi_task(cycle, app)

    def _abandon_response(self) -> bool:
        """Abandon the response in progress; returns whether it had begun. Of pipelined requests uvicorn notifies only the last one of a
        disconnect.
        """
        cycle = self._answering
        if cycle is None or cycle.response_complete:
            return False
        cycle.disconnected = True
        cycle.message_event.set()
        return cycle.response_started

    def _expect_head(self) -> None:
        self._stop_waiting()
        self._patience = self.loop.call_later(HEAD_SECONDS, self._on_timeout)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _on_timeout(self) -> None:
        if self._has_begun:
            self._refuse(408, "The request's headers did not arrive in time.")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        if not self._abandon_response():  # within an answer there is no place for another one
            error = InvalidRequestError(message, code="invalid_http_request", status=status)
            self.transport.write(raw_refusal(error, path=path_of(self._target or target_in(self._data))))
        self.transport.close()


def _unread_bytes(cycle: "weakref.ref[RequestResponseCycle]") -> bytes:
    """Bytes of the body that the request's reader has not taken."""
    found = cycle()
    return b"" if found is None else bytes(found.body)

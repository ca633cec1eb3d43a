"""WebSocket on a connection: uvicorn's, without the addresses in its log and without tracebacks for what a client sends."""

import logging
from collections.abc import Callable
from typing import Any, Final

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Close, CloseCode, Frame
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from apps.core.errors import ApplicationError, InvalidRequestError
from ttsai.web.raw_refusals import KEPT_BYTES, path_of, raw_refusal, target_in

MESSAGE_BYTES: Final = 1 << 20
"""Largest message of any route: beyond it the connection is closed with 1009 before the message is complete."""
CLOSE_SECONDS: Final = 5.0
"""Time for a client to answer the closing frame and to read what was sent before it; then the connection is dropped."""
MOST_FRAGMENTS: Final = 1024
"""Fragments of one message: empty ones cost memory and time, though they add nothing to its size."""
INVALID_TEXT: Final = int(CloseCode.INVALID_DATA)
POLICY: Final = int(CloseCode.POLICY_VIOLATION)
BAD_HANDSHAKE: Final = InvalidRequestError("The WebSocket handshake cannot be read.", code="invalid_http_request")

ERROR_RENDERER: Final = "ttsai.render_error"
"""Key of the scope's state under which the application puts a function (error) -> text message of an accepted connection."""
FAULTS: Final[dict[int, ApplicationError]] = {
    1002: InvalidRequestError("The frames violate the WebSocket protocol.", code="invalid_message"),
    INVALID_TEXT: InvalidRequestError("A text message is not valid UTF-8.", code="invalid_message"),
    POLICY: InvalidRequestError(f"A message has at most {MOST_FRAGMENTS:,} fragments.", code="invalid_message"),
    1009: InvalidRequestError(f"A message has at most {MESSAGE_BYTES:,} bytes.", code="message_too_large", status=413),
}
"""Errors of connections that this module closes, by closing code."""

logger = logging.getLogger("ttsai.web.sockets")
logger.setLevel(logging.WARNING)  # uvicorn logs each connection with its address, whose query may hold a secret


class ExplainingProtocol(ServerProtocol):
    """Sends an error message before the closing frame of a connection that fails, as the application does for its own errors."""

    find_renderer: Callable[[], Callable[[ApplicationError], str] | None] = staticmethod(lambda: None)

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        error = FAULTS.get(int(code))
        if error is not None and self.state is State.OPEN and (render := self.find_renderer()) is not None:
            self.send_text(render(error).encode())
        super().fail(code, reason)


class GuardedSocketProtocol(WebSocketsSansIOProtocol):
    """Reads nothing before the handshake is answered, logs no traceback for what a client sends, and drops clients that do not read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.logger = logger
        self.conn = ExplainingProtocol(max_size=self.config.ws_max_size, logger=logger)
        self.conn.find_renderer = lambda: self.scope["state"].get(ERROR_RENDERER)
        self.close_timeout = CLOSE_SECONDS
        self._late_pong = b""
        """Answer to the last ping of a client that does not read, sent once it does."""
        self._beginning = b""
        """First bytes of the handshake."""

    def data_received(self, data: bytes) -> None:
        self._beginning = self._beginning or data[:KEPT_BYTES]
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:  # for which websockets has no response
            self._refuse_handshake()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.handshake_complete and not self.read_paused:
            self.read_paused = True  # the application's first `receive` resumes
            self.transport.pause_reading()

    def handle_ping(self) -> None:
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        else:  # earlier pings need no answer of their own (RFC 6455, section 5.5.3), and their answers would pile up
            self._late_pong = pong

    def resume_writing(self) -> None:
        super().resume_writing()
        pong, self._late_pong = self._late_pong, b""
        if pong and not self.close_sent:
            self.transport.write(pong)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) < MOST_FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self.conn.fail(POLICY, "too many fragments")
            self.handle_parser_exception()

    async def send(self, message: ASGISendEvent) -> None:
        if self.close_sent and message["type"] in {"websocket.send", "websocket.close"}:
            raise ClientDisconnected  # this class has closed the connection, which the application does not know yet
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # uvicorn 0.54 forgets it and logs an error

    async def run_asgi(self) -> None:
        try:
            await super().run_asgi()
        finally:
            self._abort_later()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_later()

    def _abort_later(self) -> None:
        """Drop the connection if its last bytes are not read: closing a transport waits for that without end."""
        self.loop.call_later(self.close_timeout, self.transport.abort)

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.conn.fail(INVALID_TEXT, "invalid UTF-8")
            self.handle_parser_exception()
            return
        super().send_receive_event_to_app()

    def handle_parser_exception(self) -> None:
        if self.conn.close_sent is None:  # no handshake: the HTTP parser and the checks of GuardedProtocol let little come here
            self._refuse_handshake()
            return
        if self.close_sent:  # what the client sends after the fault is read and discarded
            return
        if not self.transport.can_write_eof():  # TLS
            super().handle_parser_exception()
            return
        self._end_writing(self.conn.close_sent)

    def _refuse_handshake(self) -> None:
        self.transport.write(raw_refusal(BAD_HANDSHAKE, path=path_of(target_in(self._beginning))))
        self.transport.close()

    def _end_writing(self, sent: Close) -> None:
        """Close this side only. Closing both with unread bytes of a large message would reset the connection, and the client would lose the
        last messages.
        """
        self.queue.put_nowait({"type": "websocket.disconnect", "code": sent.code, "reason": sent.reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.transport.write_eof()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)


SOCKET_OPTIONS: Final[dict[str, Any]] = {
    "ws": GuardedSocketProtocol,
    "ws_max_size": MESSAGE_BYTES,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
    "ws_per_message_deflate": False,  # a window for each connection costs more memory than audio gains
}
"""Options of uvicorn.Config."""


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

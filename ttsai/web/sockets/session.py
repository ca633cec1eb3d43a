"""One accepted WebSocket connection: bounded messages, time-outs, closing codes."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, TypeVar

from django.http import HttpRequest
from websockets.frames import CloseCode

from apps.accounts.callers import Caller
from apps.core.deferred import Exchange, Receive, Send
from apps.core.dialects import Dialect
from apps.core.errors import ApplicationError, InvalidRequestError, TooManyRequestsError, UnavailableError
from apps.core.exception_handler import as_application_error
from apps.core.sockets import SocketClosedError, SocketLimits, SocketRoute
from ttsai.web.threads import DjangoThreads

P = ParamSpec("P")
T = TypeVar("T")

NORMAL: Final = int(CloseCode.NORMAL_CLOSURE)
POLICY: Final = int(CloseCode.POLICY_VIOLATION)
TOO_BIG: Final = int(CloseCode.MESSAGE_TOO_BIG)
INTERNAL: Final = int(CloseCode.INTERNAL_ERROR)
RESTART: Final = int(CloseCode.SERVICE_RESTART)
TRY_AGAIN: Final = int(CloseCode.TRY_AGAIN_LATER)
QUEUED_MESSAGES: Final = 8
"""Messages that wait for the handler; the connection is not read meanwhile, so that a fast client is slowed down."""
CANCEL_SECONDS: Final = 2.0
CLOSE_SECONDS: Final = 2.0
"""Time for the closing frame to be sent to a client that reads slowly."""


@dataclass(frozen=True, slots=True)
class Closing:
    """Reason for the end of a connection."""

    code: int
    reason: str
    error: ApplicationError | None = None
    """Sent to the client before the closing frame."""


SERVER_STOPS: Final = Closing(RESTART, "server_stops", UnavailableError("The server stops. Connect again.", code="server_stops"))


class LimitExceededError(Exception):
    """Raised when the client exceeds a limit of its connection."""

    def __init__(self, code: int, error: ApplicationError) -> None:
        super().__init__(error.code)
        self.closing = Closing(code, error.code, error)


class MessageRate:
    """Token bucket of the client's messages."""

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._tokens = float(per_second)
        self._filled_at = time.monotonic()

    def take(self) -> bool:
        """Count a message; False if it exceeds the rate."""
        now = time.monotonic()
        self._tokens = min(float(self._per_second), self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Session:
    """Implements apps.core.sockets.Socket on an accepted ASGI WebSocket."""

    def __init__(
        self,
        route: SocketRoute,
        *,
        caller: Caller | None,
        count: Callable[[Caller], Awaitable[None]],
        path_params: Mapping[str, Any],
        receive: Receive,
        send: Send,
        threads: DjangoThreads,
        exchange: Exchange,
        request: HttpRequest,
        request_id: str,
    ) -> None:
        """count: counts the connection against the limits of a caller that is admitted later."""
        self.exchange = exchange
        self.request = request
        self.request_id = request_id
        self.caller = caller
        self.path_params = path_params
        self._route = route
        self._count = count
        self._limits: SocketLimits = route.limits
        self._receive = receive
        self._send = send
        self._threads = threads
        self._messages: asyncio.Queue[str | bytes] = asyncio.Queue(maxsize=QUEUED_MESSAGES)
        self._active_at = time.monotonic()
        self._ending: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    def end(self, closing: Closing) -> None:
        """Close the connection, whatever its handler does."""
        if not self._ending.done():
            self._ending.set_result(closing)

    async def admit(self, caller: Caller) -> None:
        await self._count(caller)
        self.caller = caller

    async def receive(self) -> str | bytes:
        return await self._messages.get()

    async def messages(self) -> AsyncIterator[str | bytes]:
        while True:
            yield await self.receive()

    async def send(self, message: str | bytes) -> None:
        kind = "text" if isinstance(message, str) else "bytes"
        try:
            await self._send({"type": "websocket.send", kind: message})
        except OSError as error:  # uvicorn's ClientDisconnected
            raise SocketClosedError from error
        self._active_at = time.monotonic()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._threads.run(function, *args, **kwargs)

    async def serve(self, *, stopping: asyncio.Event, dialect: Dialect) -> None:
        """Run the handler until it, the client, a limit or the server ends the connection."""
        handler = asyncio.ensure_future(self._route.handler(self))
        reader = asyncio.create_task(self._read())
        stop = asyncio.create_task(stopping.wait())
        tasks: tuple[asyncio.Future[Any], ...] = (handler, reader, stop, self._ending)
        try:
            await asyncio.wait(tasks, timeout=self._limits.total_seconds, return_when=asyncio.FIRST_COMPLETED)
            is_ended = self._ending.done()
            over = SERVER_STOPS if stop.done() else _too_long(self._limits.total_seconds)
            closing = self._ending.result() if is_ended else _closing(handler=handler, reader=reader, otherwise=over)
        finally:
            self.exchange.has_left.set()
            for task in tasks:
                task.cancel()
            ended, _ = await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
            for task in ended:
                task.cancelled() or task.exception()  # retrieved, else asyncio logs it
        if closing is not None:
            await self._close(closing, dialect=dialect)

    async def _read(self) -> None:
        """Hand the client's messages to the handler until the client leaves. Raises LimitExceededError."""
        rate = MessageRate(self._limits.messages_per_second)
        text_rate = MessageRate(self._limits.texts_per_second or self._limits.messages_per_second)
        while True:
            message = await self._next()
            if message["type"] == "websocket.disconnect":
                return
            self._active_at = time.monotonic()
            data: str | bytes = message["text"] if message.get("text") is not None else message["bytes"]
            if len(data if isinstance(data, bytes) else data.encode()) > self._limits.message_bytes:
                raise LimitExceededError(TOO_BIG, _too_large(self._limits.message_bytes))
            if not rate.take() or (isinstance(data, str) and not text_rate.take()):
                raise LimitExceededError(POLICY, _too_many(self._limits))
            await self._messages.put(data)

    async def _next(self) -> Any:
        while True:
            try:
                async with asyncio.timeout(self._active_at + self._limits.idle_seconds - time.monotonic()):
                    return await self._receive()
            except TimeoutError:
                if time.monotonic() - self._active_at >= self._limits.idle_seconds:  # else something was sent meanwhile
                    raise LimitExceededError(POLICY, _idle(self._limits.idle_seconds)) from None

    async def _close(self, closing: Closing, *, dialect: Dialect) -> None:
        with contextlib.suppress(OSError):  # the client has left, or reads nothing (TimeoutError)
            async with asyncio.timeout(CLOSE_SECONDS):
                if closing.error is not None:
                    await self._send({"type": "websocket.send", "text": self.render(closing.error, dialect=dialect)})
                await self._send({"type": "websocket.close", "code": closing.code, "reason": closing.reason})

    def render(self, error: ApplicationError, *, dialect: Dialect) -> str:
        """Message that tells the client of an error, in the shape of the route."""
        if self._route.render_error is not None:
            body = self._route.render_error(error, self.request_id)
        else:
            body = dialect.render_error(error, self.request_id)[1]
        return json.dumps(body, ensure_ascii=False)


def _closing(*, handler: "asyncio.Future[None]", reader: "asyncio.Task[None]", otherwise: Closing) -> Closing | None:
    """Closing frame of a connection that is over; None if the client has left."""
    if reader.done():
        error = reader.exception()
        if isinstance(error, LimitExceededError):
            return error.closing
        return None if error is None else _closing_of(error)
    if handler.done():
        error = RuntimeError("the handler was cancelled") if handler.cancelled() else handler.exception()
        return Closing(NORMAL, "") if error is None else _closing_of(error)
    return otherwise


def _too_large(most_bytes: int) -> ApplicationError:
    return InvalidRequestError(
        f"A message has at most {most_bytes:,} bytes. Send the text in pieces.", code="message_too_large", status=413
    )


def _too_many(limits: SocketLimits) -> ApplicationError:
    texts = f", {limits.texts_per_second} of them text" if limits.texts_per_second else ""
    message = f"At most {limits.messages_per_second} messages a second are taken{texts}. Join small pieces before you send them."
    return TooManyRequestsError(message, code="too_many_messages")


def _idle(seconds: float) -> ApplicationError:
    return InvalidRequestError(f"Nothing was sent in either direction for {seconds:g} s.", code="idle_timeout", status=408)


def _too_long(seconds: float) -> Closing:
    error = InvalidRequestError(f"A connection lasts at most {seconds:g} s. Connect again.", code="session_too_long", status=408)
    return Closing(POLICY, error.code, error)


def _closing_of(error: BaseException) -> Closing | None:
    if isinstance(error, SocketClosedError):
        return None
    shown = as_application_error(error if isinstance(error, Exception) else RuntimeError(repr(error)))
    code = TRY_AGAIN if shown.status in {429, 503} else INTERNAL if shown.status >= 500 else POLICY
    return Closing(code, shown.code[:100], shown)

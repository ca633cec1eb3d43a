"""Transport of httpx that calls an ASGI application in the same process, with streamed responses and disconnects like a connection's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any, Final

import httpx

from ttsai.api_client.background import start_task

Message = MutableMapping[str, Any]
Application = Callable[[Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

AHEAD_MESSAGES: Final = 4
"""Messages that the application may send before they are read: its back-pressure."""


class InProcessTransport(httpx.AsyncBaseTransport):
    """Transport to one application. client: address and port that the application sees as its peer."""

    def __init__(self, application: Application, *, client: tuple[str, int] | None = None) -> None:
        self._application = application
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Call the application with the request; its response's body is read as it comes."""
        body = await request.aread()
        call = _Call(body)
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self._client,
            "server": (request.url.host, request.url.port),
        }
        call.start(self._application, scope)
        try:
            start = await call.read()
        except BaseException:
            call.leave()
            raise
        if start is None:
            raise httpx.RemoteProtocolError("The application ended without a response.", request=request)
        return httpx.Response(start["status"], headers=start["headers"], stream=call)


class _Call(httpx.AsyncByteStream):
    """One request in progress, and the stream of its response's body."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(AHEAD_MESSAGES)
        self._has_left = asyncio.Event()
        self._is_complete = False

    def start(self, application: Application, scope: dict[str, Any]) -> None:
        start_task(self._run(application, scope))

    async def read(self) -> Message | None:
        """Next message of the application; None after its last."""
        return await self._messages.get()

    def leave(self) -> None:
        """Tell the application that its client has disconnected."""
        self._has_left.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (message := await self.read()) is not None:
            yield message.get("body", b"")
            if not message.get("more_body", False):
                self._is_complete = True
                return
        if not self._is_complete:
            raise httpx.RemoteProtocolError("The application broke off its response.")

    async def aclose(self) -> None:
        self.leave()

    async def _run(self, application: Application, scope: dict[str, Any]) -> None:
        try:
            await application(scope, self._receive, self._send)
        finally:
            await self._put(None)

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._has_left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        await self._put(message)

    async def _put(self, message: Message | None) -> None:
        """Queue the message, or drop it once the client has left."""
        putting, leaving = asyncio.ensure_future(self._messages.put(message)), asyncio.ensure_future(self._has_left.wait())
        try:
            await asyncio.wait((putting, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()
            leaving.cancel()

"""Refusals that a connection writes without the application, in the dialect of the path."""

import asyncio
import json
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from tests.routes.shown_errors import read_error
from ttsai.web.sockets.protocol import GuardedSocketProtocol

HANDSHAKE = "GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nno header\r\n\r\n"


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application, which no unreadable handshake reaches."""
    raise AssertionError("the application was called")


class WatchedProtocol(GuardedSocketProtocol):
    """Connection whose end can be awaited."""

    def __init__(self) -> None:
        super().__init__(config=Config(app=application, interface="asgi3", log_config=None), server_state=ServerState(), app_state={})
        self.has_ended = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.has_ended.set()


async def answer_to(request: bytes) -> bytes:
    """Response of a connection that speaks WebSocket alone."""
    protocol = WatchedProtocol()
    async with await asyncio.get_running_loop().create_server(lambda: protocol, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(request)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        await protocol.has_ended.wait()
        return answer


@pytest.mark.parametrize("path", ["/v1/realtime?model=x", "/v1/listen", "/v1/text-to-speech/af_bella/stream-input", "/ws", "/tts"])
def test_websocket_handshake_that_cannot_be_read_is_refused_in_its_dialect(path: str) -> None:
    head, _, body = asyncio.run(answer_to(HANDSHAKE.format(path=path).encode())).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    error = read_error(path.partition("?")[0], headers, json.loads(body))
    assert (error.code, error.message) == ("invalid_http_request", "The WebSocket handshake cannot be read.")
    assert headers["content-length"] == str(len(body))

"""Streamable HTTP by the SDK: one message a request. The tools call this web process itself with the headers of the message."""

import logging
from functools import lru_cache
from typing import Any, Final

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request

from apps.core.deferred import ASGIApp, Message, Receive, Scope, Send
from apps.core.dialects import dialect_of
from ttsai.api_client import ApiClient
from ttsai.api_client.in_process import InProcessTransport
from ttsai.mcp_server.server import build_server

PASSED_HEADERS: Final = ("host", "x-forwarded-for", "x-forwarded-proto", "x-request-id")
"""Headers by which a tool's requests are the client's, beside its key: its address behind a proxy, the server's name, the log's id."""


def answer_message(body: bytes, *, limit: int) -> ASGIApp:
    """ASGI application that answers a message whose body was read."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        manager = StreamableHTTPSessionManager(_server()._lowlevel_server, stateless=True, max_request_body_size=limit)  # noqa: SLF001 - no public name
        async with manager.run():
            await manager.handle_request(scope, _replay(body, receive), send)

    return answer


@lru_cache(maxsize=1)
def _server() -> MCPServer[None]:
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it logs each message, and the texts of errors
    return build_server(_client_of)


def _client_of(context: Context[Any, Any]) -> ApiClient:
    request = context.request_context.request
    assert isinstance(request, Request)  # noqa: S101 - of this transport
    headers = {name: request.headers[name] for name in PASSED_HEADERS if name in request.headers}
    transport = InProcessTransport(request.scope["app"], client=request.scope["client"])
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    key = dialect_of(request.url.path).find_secret(sent) or ""
    return ApiClient(url=f"{request.scope['scheme']}://platform.invalid", key=key, transport=transport, headers=headers)


def _replay(body: bytes, receive: Receive) -> Receive:
    """ASGI receive that begins with the body."""
    is_read = False

    async def replay() -> Message:
        nonlocal is_read
        if not is_read:
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replay

"""Real server with announced models, and the official client of MCP over HTTP, in either era of the protocol."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.compat.realtime.conftest import owner, server
from tests.speech.people import Person
from tests.web.shell import RunningShell

__all__ = ["owner", "server"]

McpMaker = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def mcp_of(server: RunningShell) -> McpMaker:
    """Makes clients: `async with mcp_of(person) as client`; mode="legacy" for the handshake of 2025."""

    @contextlib.asynccontextmanager
    async def make(somebody: Person, **options: Any) -> AsyncIterator[Client]:
        async with (
            httpx2.AsyncClient(headers=somebody.headers, timeout=60) as http,
            Client(streamable_http_client(f"{server.url}/mcp", http_client=http), **options) as client,
        ):
            yield client

    return make

"""Responses whose body is sent while it is made, as fast as the client reads."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Final

from apps.core.deferred import Exchange, ListenerLeftError, Receive, Scope, Send
from apps.core.errors import ApplicationError

logger = logging.getLogger(__name__)

UNBUFFERED: Final[Mapping[str, str]] = MappingProxyType({"Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no"})
"""Headers that keep proxies from collecting or compressing the body."""
PIECE_BYTES: Final = 1 << 16
"""Most bytes handed to the server at once; it takes the next ones when the client has read."""
STALL_SECONDS: Final = 600.0
"""Time after which a client that reads nothing counts as gone: a paused player may take a while."""


class StreamedBody:
    """ASGI app that sends chunks as they come. Waits while the client reads too slowly, and stops when it leaves."""

    def __init__(self, chunks: AsyncGenerator[bytes], *, exchange: Exchange, headers: Mapping[str, str]) -> None:
        self._chunks = chunks
        self._exchange = exchange
        self._headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the response. After an error the connection is closed without the end of the body, so that the client notices it."""
        async with contextlib.aclosing(self._chunks):
            await send({"type": "http.response.start", "status": 200, "headers": self._headers})
            if scope["method"] != "HEAD" and not await self._send_chunks(send):
                return
            await send({"type": "http.response.body", "body": b""})

    async def _send_chunks(self, send: Send) -> bool:
        """True if the body was sent whole."""
        try:
            async for chunk in self._chunks:
                for start in range(0, len(chunk), PIECE_BYTES):
                    if self._exchange.has_left.is_set():
                        return False
                    async with asyncio.timeout(STALL_SECONDS):
                        await send({"type": "http.response.body", "body": chunk[start : start + PIECE_BYTES], "more_body": True})
        except ApplicationError as error:
            logger.warning("stream_broken code=%s", error.code)
            return False
        except ListenerLeftError:
            return False
        except TimeoutError:
            logger.info("stream_stalled seconds=%.0f", STALL_SECONDS)
            return False
        return not self._exchange.has_left.is_set()


async def begin_body(chunks: AsyncGenerator[bytes], *, exchange: Exchange, headers: Mapping[str, str]) -> StreamedBody:
    """Response that begins with its first chunk: what fails before it is a plain error response. Raises ApplicationErrors."""
    try:
        first = await anext(chunks, b"")
    except BaseException:
        await chunks.aclose()
        raise
    return StreamedBody(_with_first(first, chunks), exchange=exchange, headers=headers)


async def _with_first(first: bytes, chunks: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(chunks):
        yield first
        async for chunk in chunks:
            yield chunk

"""Server-sent events (WHATWG HTML, 9.2): their form, their headers, and the comments that keep a silent connection open."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",  # nginx would keep them back
    }
)
HEARTBEAT_SECONDS: Final = 15.0
"""Interval of the comments: proxies and load balancers drop a connection that is silent for about a minute."""
HEARTBEAT: Final = b": waiting\n\n"


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    data: Mapping[str, Any] | str
    """Sent as JSON, unless it is text of one line."""
    event: str = ""
    """Type of the event; empty for an API whose clients read the type from the data."""
    id: str = ""
    """Position to which a client returns with Last-Event-ID."""

    def encode(self) -> bytes:
        data = self.data if isinstance(self.data, str) else json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        identified = f"id: {self.id}\n" if self.id else ""
        named = f"event: {self.event}\n" if self.event else ""
        return f"{identified}{named}data: {data}\n\n".encode()


async def encode_events(events: AsyncIterator[ServerSentEvent], *, is_first_awaited: bool = False) -> AsyncGenerator[bytes]:
    """Lines of the events as they come, with a comment after each period without any. Closes `events`.

    is_first_awaited: nothing comes before the first event, so that a failure before it can be a plain error response.
    """
    pending = asyncio.ensure_future(anext(events, None))
    try:
        if is_first_awaited:
            await asyncio.wait((pending,))
        while True:
            done, _ = await asyncio.wait((pending,), timeout=HEARTBEAT_SECONDS)
            if not done:
                yield HEARTBEAT
                continue
            event = pending.result()
            if event is None:
                return
            yield event.encode()
            pending = asyncio.ensure_future(anext(events, None))
    finally:
        pending.cancel()
        await asyncio.wait((pending,))
        if isinstance(events, AsyncGenerator):
            await events.aclose()

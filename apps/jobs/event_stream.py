"""Job events as text/event-stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from apps.core.deferred import Receive, Scope, Send

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep them back
]
KEEP_ALIVE_SECONDS = 15.0
"""Interval of keep-alive comments: proxies and load balancers drop a connection that is silent for about a minute."""
ENTRY_OF_AUDIO = frozenset({"audio", "audio_stopped"})
"""Stream entries that this endpoint omits."""

Events = AsyncIterator[tuple[str, dict[str, Any]]]


class EventStream:
    """ASGI app that sends every event with its id, so that a client can resume with Last-Event-ID."""

    def __init__(self, events: Events, *, has_words: bool = True) -> None:
        self._events = events
        self._hidden = ENTRY_OF_AUDIO if has_words else ENTRY_OF_AUDIO | {"words"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send events as they come, until the end of the job."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        if scope["method"] != "HEAD":
            async for chunk in _chunks(self._events, hidden=self._hidden):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _chunks(events: Events, *, hidden: frozenset[str]) -> AsyncIterator[bytes]:
    """Visible events, with a comment after each period without any."""
    pending = asyncio.ensure_future(anext(events, None))
    try:
        while True:
            done, _ = await asyncio.wait((pending,), timeout=KEEP_ALIVE_SECONDS)
            if not done:
                yield b": waiting\n\n"
                continue
            item = pending.result()
            if item is None:
                return
            if item[1].get("type") not in hidden:
                yield _event(*item)
            pending = asyncio.ensure_future(anext(events, None))
    finally:
        pending.cancel()


def _event(entry_id: str, event: dict[str, Any]) -> bytes:
    data = json.dumps(event, separators=(",", ":"))
    identified = f"id: {entry_id}\n" if entry_id else ""  # an end that was read from the row has no place in the stream
    return f"{identified}event: {event.get('type', 'message')}\ndata: {data}\n\n".encode()

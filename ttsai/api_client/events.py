"""Events of a job, read again from where they broke off."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, NamedTuple

import httpx

from ttsai.api_client.errors import ApiError

RETRY_SECONDS: Final = 1.0
MOST_FAILURES: Final = 30
"""Consecutive attempts without an event after which a platform is given up."""
SILENCE_SECONDS: Final = 60.0
"""The platform sends a comment every 15 s."""


async def follow_events(http: httpx.AsyncClient, *, job: str, has_ended: Callable[[str], Awaitable[bool]]) -> AsyncIterator[dict[str, Any]]:
    """Events of the job up to its end, over interrupted connections and restarts of the platform. Raises ApiError."""
    position, failures = "0", 0
    while True:
        try:
            async for place, event in _read(http, job=job, after=position):
                position, failures = place, 0
                if event.get("type") == "end":
                    return
                yield event
            if await has_ended(job):
                return
        except httpx.TransportError as error:
            failures += 1
            if failures >= MOST_FAILURES:
                raise ApiError("unreachable", f"No answer from {http.base_url}: {error or type(error).__name__}") from error
        await asyncio.sleep(RETRY_SECONDS)


async def _read(http: httpx.AsyncClient, *, job: str, after: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Events with their positions, as long as one connection lasts."""
    timeout = httpx.Timeout(30.0, read=SILENCE_SECONDS)
    async with http.stream("GET", f"/v1/jobs/{job}/events/", headers={"Last-Event-ID": after}, timeout=timeout) as response:
        if not response.is_success:
            await response.aread()
            raise ApiError.of_response(response)
        async for parsed in parse_events(response.aiter_lines()):
            yield parsed.id or after, parsed.data


class ParsedEvent(NamedTuple):
    """Server-sent event with JSON data. `id` is the last one that was sent."""

    name: str
    id: str
    data: dict[str, Any]


async def parse_events(lines: AsyncIterator[str]) -> AsyncIterator[ParsedEvent]:
    """Events of a stream; each of the platform's has one line of data."""
    name, position = "", ""
    async for line in lines:
        field, _, value = line.partition(": ")
        if field == "id":
            position = value
        elif field == "event":
            name = value
        elif field == "data":
            yield ParsedEvent(name, position, json.loads(value))
            name = ""

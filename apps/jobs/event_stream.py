"""Events of a job as server-sent events."""

from collections.abc import AsyncIterator
from typing import Any

from apps.core.sse import ServerSentEvent

Events = AsyncIterator[tuple[str, dict[str, Any]]]


async def job_events(events: Events, *, has_words: bool = True) -> AsyncIterator[ServerSentEvent]:
    """Every event with its id, so that a client can resume with Last-Event-ID, up to the end of the job."""
    async for entry_id, event in events:
        kind = str(event.get("type", "message"))
        if has_words or kind != "words":
            yield ServerSentEvent(event, event=kind, id=entry_id)  # an end that was read from the row has no place in the stream

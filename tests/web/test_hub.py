"""The hub's calls of Valkey."""

import asyncio
import os

from ttsai.web.hub import Hub

TURNS = 60
"""Turns of the event loop within which redis connects and reads."""


async def find_no_ends(_: object) -> dict[str, dict[str, str]]:
    return {}


def test_read_of_live_audio_is_cancelled_at_any_moment() -> None:
    async def read(turns: int) -> bool:
        """True if the cancellation of an unfinished read ends it."""
        hub = Hub(os.environ["REDIS_URL"], find_end_events=find_no_ends)
        task = asyncio.create_task(hub.read_live_audio("0" * 32, part=0, after_id="0"))
        for _ in range(turns):
            await asyncio.sleep(0)
        is_cancelled = task.cancel()
        await asyncio.wait([task])
        await hub.stop()
        return task.cancelled() is is_cancelled

    assert [turns for turns in range(TURNS) if not asyncio.run(read(turns))] == []

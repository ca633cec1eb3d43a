"""One call of a tool: its client of the platform, and a job that is followed, reported and cancelled with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

import anyio
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError

from ttsai.api_client import ApiClient, ApiError
from ttsai.api_client.retrying import RetryPolicy

CANCELLING: Final = RetryPolicy(attempts=5, longest_pause_seconds=60.0)
"""Repetitions of a cancellation that a busy platform or the key's limit of requests refuses."""
CANCEL_SECONDS: Final = 120.0

Connect = Callable[[Context[Any, Any]], ApiClient]
"""Client of the platform with the key of the request; the call closes it."""


class Call:
    """A call in progress."""

    def __init__(self, api: ApiClient, context: Context[Any, Any]) -> None:
        self.api = api
        self._context = context

    async def finish(self, submitting: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        """Submit a job, follow it to its end and return its result. The job is cancelled with the call, whenever that is."""
        queued = await self._submit(submitting)
        job = str(queued["uuid"])
        try:
            await self._context.report_progress(0.0, 1.0, "queued")
            async for share in self.api.follow(job):
                await self._context.report_progress(share, 1.0, "working")
        except BaseException as error:
            if not isinstance(error, Exception):  # the client cancelled the call, or left
                await self._cancel(job)
            raise
        return {**queued, **await self.api.result(job)}

    async def _submit(self, submitting: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
        """Answer of the request that queues the job. It is awaited in a cancelled call too: the platform may have made the job already."""
        request = asyncio.ensure_future(submitting)
        try:
            return await asyncio.shield(request)
        except asyncio.CancelledError:
            with anyio.CancelScope(shield=True), contextlib.suppress(ApiError):
                await self._cancel(str((await request)["uuid"]))
            raise

    async def _cancel(self, job: str) -> None:
        with anyio.CancelScope(shield=True), anyio.move_on_after(CANCEL_SECONDS), contextlib.suppress(ApiError):
            await CANCELLING.run(lambda: self.api.cancel(job))


@contextlib.asynccontextmanager
async def calling(connect: Connect, context: Context[Any, Any]) -> AsyncIterator[Call]:
    """Call of a tool. Errors of the platform become the tool's, with their code, for the model to read."""
    async with connect(context) as api:
        try:
            yield Call(api, context)
        except ApiError as error:
            raise ToolError(f"{error.message} ({error.code})") from error

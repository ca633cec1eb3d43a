"""WebSocket /ws: progress of the jobs of one key. The jobs that run at first, then each change."""

import asyncio
import json
from typing import Any, Final

from rest_framework.exceptions import ParseError

from apps.accounts.callers import Caller
from apps.accounts.later_keys import KEY_SECONDS, admit_by_key
from apps.compat.clonyvoice.job_feed import Watcher, get_feed
from apps.core.errors import AuthenticationFailedError, InvalidRequestError
from apps.core.parsing import parse_json
from apps.core.sockets import Socket, SocketLimits, SocketRoute
from workers.contract.time_units import DAY_SECONDS

SCOPE: Final = "ws:connect"
HEARTBEAT_SECONDS: Final = 20.0
KEY_MESSAGE: Final = 'Send {"type": "auth", "api_key": "cvk_…"} as the first message, or the key in X-API-Key.'


async def serve_jobs(socket: Socket) -> None:
    """Serve a connection until the client leaves."""
    if socket.caller is None:
        await admit_by_key(socket, await _receive_key(socket), scope=SCOPE)
    caller: Caller = socket.caller
    if caller.key is None:
        raise AuthenticationFailedError("Progress is that of a key's jobs: connect with a key.", code="missing_api_key")
    async with get_feed().watch(account_id=caller.required_account.pk, key_id=caller.key.pk, run=socket.run) as watcher:
        sender = asyncio.create_task(_send_news(socket, watcher))
        reader = asyncio.create_task(_answer_messages(socket))
        try:
            done, _ = await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (sender, reader):
                task.cancel()


async def _send_news(socket: Socket, watcher: Watcher) -> None:
    """Send the snapshot, each changed job once it is read, and heartbeats. A slow client gets the latest state of each job only."""
    sent = dict(watcher.jobs)
    running = [job for job in sent.values() if job["status"] in {"queued", "processing"}]
    await _send(socket, {"type": "snapshot", "jobs": running})
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await watcher.news.wait()
        except TimeoutError:
            await _send(socket, {"type": "heartbeat"})
            continue
        watcher.news.clear()
        now = watcher.jobs
        for job, shape in now.items():
            if sent.get(job) != shape:
                await _send(socket, {"type": "job", "job": shape})
        sent = dict(now)


async def _answer_messages(socket: Socket) -> None:
    async for message in socket.messages():
        kind = _read(message).get("type")
        if kind == "ping":
            await _send(socket, {"type": "pong"})
        elif kind != "auth":  # a client that sends its key in both places
            raise InvalidRequestError(f"Unknown message {str(kind)[:50]!r}. This socket takes `ping` alone.", code="unknown_message")


async def _receive_key(socket: Socket) -> str:
    try:
        async with asyncio.timeout(KEY_SECONDS):
            message = _read(await socket.receive())
    except TimeoutError:
        raise AuthenticationFailedError(f"No key came within {KEY_SECONDS:g} s. {KEY_MESSAGE}", code="missing_api_key") from None
    secret = message.get("api_key")
    if not isinstance(secret, str) or not secret:
        raise AuthenticationFailedError(KEY_MESSAGE, code="missing_api_key")
    return secret


def _read(message: str | bytes) -> dict[str, Any]:
    if isinstance(message, bytes):
        raise InvalidRequestError("This socket takes text messages with JSON, not binary ones.", code="invalid_message")
    try:
        read = parse_json(message.encode("utf-8", "replace"))
    except (ParseError, InvalidRequestError):
        read = None
    if not isinstance(read, dict):
        raise InvalidRequestError("A message is a JSON object.", code="invalid_message")
    return read


async def _send(socket: Socket, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message, ensure_ascii=False))


ROUTES: Final = (
    SocketRoute(
        path="/ws/",
        handler=serve_jobs,
        scope=SCOPE,
        takes_keys_later=True,  # by the first message
        limits=SocketLimits(message_bytes=4096, messages_per_second=10, total_seconds=DAY_SECONDS),
    ),
)

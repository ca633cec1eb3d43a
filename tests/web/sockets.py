"""WebSocket routes with which the tests try the shell itself."""

import asyncio

from apps.core.errors import ConflictError
from apps.core.sockets import Socket, SocketLimits, SocketRoute

LEFT: list[str] = []
"""Names of the connections whose handler was cancelled."""


async def echo(socket: Socket) -> None:
    async for message in socket.messages():
        if message == "bye":
            return
        if message == "conflict":
            raise ConflictError("Not now.", code="not_now")
        if message == "bug":
            raise RuntimeError("a bug in the handler")
        await socket.send(message)


async def name(socket: Socket) -> None:
    """Tell the caller's tenant and wait to be ended."""
    await socket.send(await socket.run(lambda: socket.caller.tenant))
    try:
        await asyncio.Event().wait()
    finally:
        LEFT.append(socket.path_params["name"])


async def flood(socket: Socket) -> None:
    """Send more than any buffer holds."""
    while True:
        await socket.send(bytes(100_000))


ROUTES = (
    SocketRoute(path="/v1/flood/", handler=flood, limits=SocketLimits(total_seconds=0.5)),
    SocketRoute(
        path="/v1/echo/", handler=echo, subprotocols=("speech.v1",), limits=SocketLimits(message_bytes=1000, messages_per_second=20)
    ),
    SocketRoute(path="/v1/heard/", handler=echo, limits=SocketLimits(messages_per_second=1_000_000, texts_per_second=5)),
    SocketRoute(path="/v1/quiet/", handler=echo, limits=SocketLimits(idle_seconds=0.3)),
    SocketRoute(path="/v1/open/", handler=echo, welcomes_anonymous=True),
    SocketRoute(path="/v1/named/{name}/", handler=name, scope="tts:generate"),
    SocketRoute(path="/v1/short/", handler=echo, limits=SocketLimits(total_seconds=0.3)),
)

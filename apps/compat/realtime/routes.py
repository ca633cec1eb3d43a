"""The WebSocket route, named in TTSAI_SOCKET_ROUTES."""

from typing import Final

from apps.compat.realtime.authentication import ConnectionAuthentication
from apps.compat.realtime.errors import render_closing_error
from apps.compat.realtime.handshake import SUBPROTOCOLS, scope_of
from apps.compat.realtime.session import SESSION_SECONDS, serve_realtime
from apps.core.sockets import SocketLimits, SocketRoute

LIMITS: Final = SocketLimits(
    message_bytes=1 << 20,
    messages_per_second=250,  # a browser's worklet gives 128 samples at a time, 188 a second
    idle_seconds=900.0,
    total_seconds=SESSION_SECONDS + 60.0,
)
ROUTES: Final = tuple(
    SocketRoute(
        path=f"{root}realtime/",
        handler=serve_realtime,
        scope=scope_of,
        authentication=ConnectionAuthentication,
        render_error=render_closing_error,
        subprotocols=SUBPROTOCOLS,
        limits=LIMITS,
    )
    for root in ("/v1/", "/api/v1/")
)

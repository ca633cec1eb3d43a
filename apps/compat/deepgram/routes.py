"""The WebSocket routes, named in TTSAI_SOCKET_ROUTES."""

from typing import Final

from apps.compat.deepgram.authentication import SUBPROTOCOLS, ConnectionAuthentication
from apps.compat.deepgram.errors import render_closing_error
from apps.compat.deepgram.live_options import check_live_request
from apps.compat.deepgram.live_session import serve_listening
from apps.compat.deepgram.speaking_session import check_speaking_request, serve_speaking
from apps.core.sockets import SocketLimits, SocketRoute

LISTENING_LIMITS: Final = SocketLimits(
    message_bytes=1 << 20,
    messages_per_second=2000,  # a file is sent as fast as it is read; the connection is read no faster than it is heard
    texts_per_second=50,
    idle_seconds=60.0,
    total_seconds=4 * 3600.0,
)
SPEAKING_LIMITS: Final = SocketLimits(message_bytes=65_536, messages_per_second=200, idle_seconds=300.0, total_seconds=3600.0 + 60.0)
ROUTES: Final = tuple(
    SocketRoute(
        path=f"{root}{path}/",
        handler=handler,
        scope=scope,
        authentication=ConnectionAuthentication,
        check=check,
        render_error=render_closing_error,
        subprotocols=SUBPROTOCOLS,
        limits=limits,
    )
    for root in ("/v1/", "/api/v1/")
    for path, handler, scope, check, limits in (
        ("listen", serve_listening, "stt:transcribe", check_live_request, LISTENING_LIMITS),
        ("speak", serve_speaking, "tts:generate", check_speaking_request, SPEAKING_LIMITS),
    )
)

"""The WebSocket routes, named in TTSAI_SOCKET_ROUTES."""

from typing import Final

from apps.compat.elevenlabs.input_messages import LONGEST_INACTIVITY
from apps.compat.elevenlabs.input_streams import SCOPE, closing_shape, serve_multi_stream_input, serve_stream_input
from apps.compat.elevenlabs.realtime_options import check_realtime_request
from apps.compat.elevenlabs.realtime_session import closing_message, serve_realtime
from apps.core.sockets import SocketLimits, SocketRoute

LIMITS: Final = SocketLimits(message_bytes=262_144, messages_per_second=200, idle_seconds=LONGEST_INACTIVITY + 60.0)
REALTIME_LIMITS: Final = SocketLimits(message_bytes=1 << 20, messages_per_second=200, idle_seconds=60.0, total_seconds=4 * 3600.0)
ROOTS: Final = ("/v1/", "/api/v1/")
SPEAKING: Final = tuple(
    SocketRoute(
        path=f"{root}text-to-speech/{{voice_id}}/{name}/",
        handler=handler,
        scope=SCOPE,
        render_error=closing_shape,
        takes_keys_later=True,  # by the first message
        limits=LIMITS,
    )
    for root in ROOTS
    for name, handler in (("stream-input", serve_stream_input), ("multi-stream-input", serve_multi_stream_input))
)
HEARING: Final = tuple(
    SocketRoute(
        path=f"{root}speech-to-text/realtime/",
        handler=serve_realtime,
        scope="stt:transcribe",
        check=check_realtime_request,
        render_error=closing_message,
        limits=REALTIME_LIMITS,
    )
    for root in ROOTS
)
ROUTES: Final = (*SPEAKING, *HEARING)

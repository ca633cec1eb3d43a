"""The WebSocket routes, named in TTSAI_SOCKET_ROUTES."""

from typing import Final

from apps.compat.elevenlabs.input_messages import LONGEST_INACTIVITY
from apps.compat.elevenlabs.input_streams import closing_shape, serve_multi_stream_input, serve_stream_input
from apps.core.sockets import SocketLimits, SocketRoute

LIMITS: Final = SocketLimits(message_bytes=262_144, messages_per_second=200, idle_seconds=LONGEST_INACTIVITY + 60.0)
ROUTES: Final = tuple(
    SocketRoute(
        path=f"{root}text-to-speech/{{voice_id}}/{name}/", handler=handler, scope="tts:generate", render_error=closing_shape, limits=LIMITS
    )
    for root in ("/v1/", "/api/v1/")
    for name, handler in (("stream-input", serve_stream_input), ("multi-stream-input", serve_multi_stream_input))
)

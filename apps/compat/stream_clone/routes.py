"""The WebSocket route, named in TTSAI_SOCKET_ROUTES."""

from typing import Final

from apps.compat.stream_clone.dialect import error_shape
from apps.compat.stream_clone.socket import serve_tts
from apps.core.sockets import SocketLimits, SocketRoute

LIMITS: Final = SocketLimits(message_bytes=262_144, messages_per_second=200)  # a language model gives tokens faster than words

ROUTES: Final = (SocketRoute(path="/tts/", handler=serve_tts, scope="tts:generate", render_error=error_shape, limits=LIMITS),)

"""Table of WebSocket routes: one case per route, with the messages of a client that begins, says nothing, never ends, or names a voice.

A new route needs a case in CASES, below its path in /v1/.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from apps.core.sockets import SocketRoute

Message = dict[str, Any] | bytes
IDLE_SECONDS = 1.0
BASE64_SILENCE = base64.b64encode(bytes(3200)).decode()


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An address below the server, and the messages that a client sends."""

    address: str
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SocketCase:
    """One route and its clients."""

    path: str
    """Path of the route in Starlette's syntax, without `/api`."""
    scope: str
    address: str
    """Path and query of a valid handshake."""
    begin: tuple[Message, ...] = ()
    """First messages of a valid client."""
    unfinished: tuple[Message, ...]
    """Text or audio that is never ended."""
    empty: tuple[Message, ...]
    """A request without any text or audio."""
    voice: Callable[[str], Opening] | None = None
    """A client that asks for this voice; None where no voice is asked for."""
    takes_binary: bool = False
    late_key: Callable[[str], Message] | None = None
    """Message by which a client that opened the connection without a key sends it; None where the handshake needs it."""


CASES = (
    SocketCase(
        path="/v1/listen/",
        scope="stt:transcribe",
        address="/v1/listen?encoding=linear16&sample_rate=16000",
        unfinished=(bytes(3200),),
        empty=({"type": "CloseStream"},),
        takes_binary=True,
    ),
    SocketCase(
        path="/v1/speak/",
        scope="tts:generate",
        address="/v1/speak?encoding=linear16",
        unfinished=({"type": "Speak", "text": "I am never"},),
        empty=({"type": "Speak", "text": ""}, {"type": "Flush"}, {"type": "Close"}),
        voice=lambda voice: Opening(address=f"/v1/speak?model={voice}"),
    ),
    SocketCase(
        path="/v1/text-to-speech/{voice_id}/stream-input/",
        scope="tts:generate",
        address="/v1/text-to-speech/af_bella/stream-input",
        begin=({"text": " "},),
        unfinished=({"text": "I am never"},),
        empty=({"text": ""},),
        late_key=lambda key: {"text": " ", "xi_api_key": key},
        voice=lambda voice: Opening(address=f"/v1/text-to-speech/{voice}/stream-input", messages=({"text": "Hello. "}, {"text": ""})),
    ),
    SocketCase(
        path="/v1/text-to-speech/{voice_id}/multi-stream-input/",
        scope="tts:generate",
        address="/v1/text-to-speech/af_bella/multi-stream-input",
        begin=({"text": " ", "context_id": "a"},),
        unfinished=({"text": "I am never", "context_id": "a"},),
        empty=({"text": "", "context_id": "a"}, {"close_socket": True}),
        late_key=lambda key: {"text": " ", "context_id": "a", "xi_api_key": key},
        voice=lambda voice: Opening(
            address=f"/v1/text-to-speech/{voice}/multi-stream-input",
            messages=({"text": "Hello. ", "context_id": "a"}, {"context_id": "a", "flush": True}),
        ),
    ),
    SocketCase(
        path="/v1/speech-to-text/realtime/",
        scope="stt:transcribe",
        address="/v1/speech-to-text/realtime?audio_format=pcm_16000",
        unfinished=({"message_type": "input_audio_chunk", "audio_base_64": BASE64_SILENCE},),
        empty=({"message_type": "input_audio_chunk", "audio_base_64": "", "commit": True},),
    ),
    SocketCase(
        path="/v1/realtime/",
        scope="voice:chat",
        address="/v1/realtime?model=gpt-realtime",
        unfinished=({"type": "input_audio_buffer.append", "audio": BASE64_SILENCE},),
        empty=({"type": "input_audio_buffer.commit"},),
        voice=lambda voice: Opening(
            address="/v1/realtime?model=gpt-realtime",
            messages=({"type": "session.update", "session": {"type": "realtime", "audio": {"output": {"voice": voice}}}},),
        ),
    ),
    SocketCase(
        path="/tts/",
        scope="tts:generate",
        address="/tts",
        begin=({"req_params": {}},),
        unfinished=({"text": "I am never", "done": False},),
        empty=({"text": "", "done": True},),
        voice=lambda voice: Opening(address="/tts", messages=({"req_params": {"prompt_id": voice}}, {"text": "Hello.", "done": True})),
    ),
    SocketCase(
        path="/ws/",
        scope="ws:connect",
        address="/ws",
        unfinished=({"type": "ping"},),
        empty=({},),
        late_key=lambda key: {"type": "auth", "api_key": key},
    ),
)


def all_routes() -> list[SocketRoute]:
    """Every WebSocket route of the shell."""
    return [route for name in settings.TTSAI_SOCKET_ROUTES for route in import_string(name)]


SHORT_ROUTES = tuple(replace(route, limits=replace(route.limits, idle_seconds=IDLE_SECONDS)) for route in all_routes())
"""The routes with a short bound on silence, for TTSAI_SOCKET_ROUTES."""

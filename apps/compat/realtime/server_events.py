"""Sends server events under GA's names or the beta's."""

import json
from typing import Any, Final

from apps.compat.realtime.errors import error_details, new_id
from apps.core.errors import ApplicationError
from apps.core.sockets import Socket

BETA_NAMES: Final = {
    "conversation.item.added": "conversation.item.created",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
GA_ONLY: Final = frozenset({"conversation.item.done"})
"""Events that the beta does not know."""


class EventSender:
    """Writes events to the client, each with an id."""

    def __init__(self, socket: Socket, *, is_beta: bool) -> None:
        self._socket = socket
        self.is_beta = is_beta

    async def send(self, name: str, **fields: Any) -> None:
        """Send an event; waits while the client reads too slowly. Raises SocketClosedError."""
        if self.is_beta:
            if name in GA_ONLY:
                return
            name = BETA_NAMES.get(name, name)
        await self._socket.send(json.dumps({"type": name, "event_id": new_id("event"), **fields}, separators=(",", ":")))

    async def send_error(self, error: ApplicationError, *, client_event_id: Any = None) -> None:
        """Send an `error` event about an event of the client."""
        is_text = isinstance(client_event_id, str)
        await self.send("error", error={**error_details(error), "event_id": client_event_id[:512] if is_text else None})

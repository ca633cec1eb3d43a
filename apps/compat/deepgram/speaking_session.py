"""A connection that speaks: text comes in pieces, audio goes out while it is made."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from django.http import HttpRequest

from apps.accounts.callers import Caller
from apps.compat.deepgram.live_messages import Faults, read_message
from apps.compat.deepgram.names import model_uuid
from apps.compat.deepgram.parameters import Parameters
from apps.compat.deepgram.speaking_options import SpeakingOptions, read_speaking_options
from apps.core.errors import ApplicationError
from apps.core.sockets import Socket
from apps.text_streams.events import Finished, Flushed, SentenceFailed, SpokenAudio
from apps.text_streams.sockets import read_while_writing
from apps.text_streams.speaking import check_speech_settings
from apps.text_streams.stream import TextStream, TextStreamLimits

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]

LIMITS: Final = TextStreamLimits(message_characters=2000, pending_characters=20_000)
"""Deepgram takes 2,000 characters a message; what waits to be spoken is bounded besides."""
AUDIO_BYTES: Final = 8192
"""Largest binary message: players begin with the first one."""


async def serve_speaking(socket: Socket) -> None:
    """Serve a connection to its end. The handler of the route."""
    session = SpeakingSession(socket)
    async with session.stream:
        await read_while_writing(session.read(), session.write())


class SpeakingSession:
    """State of one connection."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._options = read_options(socket.request)
        self._sequence = 0
        self._faults = Faults()
        self.stream = TextStream(
            socket.exchange,
            socket.caller,
            settings=self._options.settings(),
            form=self._options.form,
            request_id=socket.request_id,
            limits=LIMITS,
        )
        self._handlers: dict[str, Handler] = {"Speak": self._speak, "Flush": self._flush, "Clear": self._clear, "Close": self._close}

    async def read(self) -> None:
        """Handle the client's messages until it leaves or closes."""
        await self._send(self._metadata())
        async for message in self._socket.messages():
            read = read_message(message) if isinstance(message, str) else None
            handler = self._handlers.get(read["type"]) if read is not None else None
            if read is None or handler is None:
                known = ", ".join(self._handlers)
                await self._warn("UNPARSABLE_CLIENT_MESSAGE", f"Messages are JSON objects with a `type`: {known}.")
                self._faults.count()
                continue
            await handler(read)
            if handler == self._close:
                return

    async def write(self) -> None:
        """Send audio and what becomes of the text, to the end of the text."""
        async for event in self.stream:
            match event:
                case SpokenAudio(data=data) | Finished(data=data):
                    for start in range(0, len(data), AUDIO_BYTES):
                        await self._socket.send(data[start : start + AUDIO_BYTES])
                case Flushed(marker=sequence):
                    await self._send({"type": "Flushed", "sequence_id": sequence})
                case SentenceFailed(error=error, is_fatal=is_fatal):
                    if is_fatal:
                        raise error
                    await self._warn(error.code.upper(), error.message)
                case _:
                    pass

    async def _speak(self, message: Mapping[str, Any]) -> None:
        text = message.get("text")
        if not isinstance(text, str):
            await self._warn("INVALID_TEXT", "`text` must be a string.")
            self._faults.count()
            return
        try:
            self.stream.feed(text)
        except ApplicationError as error:
            await self._warn(error.code.upper(), error.message)
            self._faults.count()

    async def _flush(self, message: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        self.stream.flush(self._next_sequence())

    async def _clear(self, message: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        await self.stream.clear()
        await self._send({"type": "Cleared", "sequence_id": self._next_sequence()})

    async def _close(self, message: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        self.stream.finish()

    def _next_sequence(self) -> int:
        sequence, self._sequence = self._sequence, self._sequence + 1
        return sequence

    def _metadata(self) -> dict[str, Any]:
        name = self._options.model
        return {
            "type": "Metadata",
            "request_id": str(uuid4()),
            "model_name": name,
            "model_version": "here",
            "model_uuid": model_uuid(name),
            "additional_model_uuids": [],
        }

    async def _warn(self, code: str, description: str) -> None:
        await self._send({"type": "Warning", "code": code, "description": description, "warn_code": code, "warn_msg": description})

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send(json.dumps(message, ensure_ascii=False))


def read_options(request: HttpRequest) -> SpeakingOptions:
    """Options of a handshake. Raises InvalidRequestError."""
    return read_speaking_options(Parameters(request.GET), is_live=True)


def check_speaking_request(request: HttpRequest, caller: Caller) -> None:
    """Refuse a handshake with invalid options, or a voice that is unknown or not allowed. Raises ApplicationErrors."""
    try:
        check_speech_settings(caller, settings=read_options(request).settings())
    except ApplicationError as error:
        if error.status < 500:  # a model that no worker serves now may come back
            raise

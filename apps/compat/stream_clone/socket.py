"""The WebSocket `/tts`: text as it comes, audio as it is made."""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rest_framework.exceptions import ParseError

from apps.accounts.callers import Caller
from apps.compat.stream_clone.dialect import error_shape
from apps.compat.stream_clone.voices import find_prompt
from apps.core.errors import ConflictError, InvalidRequestError
from apps.core.parsing import parse_json
from apps.core.sockets import Socket
from apps.speech.speech_settings import SpeechSettings
from apps.streaming.answers import AudioForm
from apps.text_streams.events import Finished, SentenceFailed, SpokenAudio
from apps.text_streams.sockets import read_while_writing
from apps.text_streams.stream import TextStream

FORMATS: Final = ("wav", "opus", "pcm", "mp3", "flac", "aac", "m4a", "ogg")
LOWEST_RATE, USUAL_RATE, HIGHEST_RATE = 8_000, 24_000, 48_000
LONGEST_INSTRUCTIONS: Final = 4096
DATA_BYTES: Final = 48_000
"""Most bytes of one message, a second of PCM: clients read at most a megabyte by default."""


TOO_LATE: Final = ConflictError(
    "The text ended with `done`: this message is not spoken. Open another connection.", code="already_done", param="text"
)


@dataclass(frozen=True, slots=True)
class SessionParameters:
    """Parameters of a connection, from its first message."""

    prompt_id: str = ""
    form: AudioForm = field(default_factory=lambda: AudioForm("wav", USUAL_RATE))
    instructions: str = ""
    model: str = "kokoro"
    """Model; a parameter that the document does not have."""


async def serve_tts(socket: Socket) -> None:
    """Serve a connection to its end. The handler of the route."""
    first = read_message(await socket.receive())
    parameters = read_parameters(first)
    settings = await socket.run(settings_of, socket.caller, parameters)
    session = TtsSession(socket, form=parameters.form)
    async with TextStream(socket.exchange, socket.caller, settings=settings, form=parameters.form, request_id=socket.request_id) as stream:
        await read_while_writing(session.read(stream, first), session.write(stream))


class TtsSession:
    """State of one connection."""

    def __init__(self, socket: Socket, *, form: AudioForm) -> None:
        self._socket = socket
        self._form = form
        self._id = uuid.uuid4().hex
        self._index = 0

    async def read(self, stream: TextStream, first: Mapping[str, Any]) -> None:
        """Feed the client's text until it is done. Whatever comes behind it is answered with an error, while the audio is still sent."""
        message = {name: value for name, value in first.items() if name != "req_params"}
        while not message or not feed(stream, message):
            message = read_message(await self._socket.receive())
        async for _ in self._socket.messages():
            await self._send({"id": self._id, **error_shape(TOO_LATE, self._socket.request_id)})

    async def write(self, stream: TextStream) -> None:
        """Send the audio, and the last message behind it."""
        async for event in stream:
            if isinstance(event, SpokenAudio | Finished):
                await self._send_audio(event.data, sample_rate=stream.sample_rate)
            if isinstance(event, SentenceFailed):
                if event.is_fatal:
                    raise event.error
                await self._send({"id": self._id, **error_shape(event.error, self._socket.request_id)})
        last = {"is_end": True, "index": self._index, "data": None, "audio_format": None, "sample_rate": None}
        await self._send({"id": self._id, "error": False, **last})

    async def _send_audio(self, data: bytes, *, sample_rate: int) -> None:
        for start in range(0, len(data), DATA_BYTES):
            encoded = base64.b64encode(data[start : start + DATA_BYTES]).decode()
            shape = {"is_end": False, "index": self._index, "data": encoded, "audio_format": self._form.format, "sample_rate": sample_rate}
            await self._send({"id": self._id, "error": False, **shape})
            self._index += 1

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._socket.send(json.dumps(message, ensure_ascii=False, separators=(",", ":")))


def feed(stream: TextStream, message: Mapping[str, Any]) -> bool:
    """Feed a message of text; True if it is the last. Raises InvalidRequestError."""
    text, is_done = message.get("text", ""), message.get("done", False)
    if text is not None and not isinstance(text, str):
        raise InvalidRequestError("text must be a string.", param="text")
    if not isinstance(is_done, bool):
        raise InvalidRequestError("done must be true or false.", param="done")
    if "text" not in message and not is_done:
        raise InvalidRequestError('Send {"text": "…", "done": false}, and {"done": true} at the end.', code="missing_field", param="text")
    stream.feed(text or "")
    if is_done:
        stream.finish()
    return is_done


def read_message(message: str | bytes) -> dict[str, Any]:
    """A message of the client as JSON object. Raises InvalidRequestError."""
    if isinstance(message, bytes):
        raise InvalidRequestError("Binary messages are not understood. Send JSON as text.", code="binary_message")
    try:
        read = parse_json(message.encode("utf-8", "replace"))
    except ParseError:  # its message is about HTTP bodies
        raise InvalidRequestError("The message is not valid JSON.", code="invalid_json") from None
    if not isinstance(read, dict):
        raise InvalidRequestError("The message must be a JSON object.", code="invalid_json")
    return read


def read_parameters(message: Mapping[str, Any]) -> SessionParameters:
    """Parameters of the first message. Raises InvalidRequestError."""
    given = message.get("req_params")
    if not isinstance(given, dict):
        raise InvalidRequestError('The first message must be {"req_params": {…}}.', code="missing_field", param="req_params")
    audio_format = _text(given, "audio_format") or "wav"
    if audio_format not in FORMATS:
        message_text = f"audio_format {audio_format[:20]!r} is not one of {', '.join(FORMATS)}."
        raise InvalidRequestError(message_text, code="invalid_format", param="audio_format")
    rate = given.get("sample_rate", USUAL_RATE)
    rate = USUAL_RATE if rate is None else rate
    if isinstance(rate, bool) or not isinstance(rate, int) or not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise InvalidRequestError(f"sample_rate must be from {LOWEST_RATE} to {HIGHEST_RATE} Hz.", param="sample_rate")
    instructions = _text(given, "instruct_text")
    if len(instructions) > LONGEST_INSTRUCTIONS:
        raise InvalidRequestError(f"instruct_text has at most {LONGEST_INSTRUCTIONS} characters.", param="instruct_text")
    return SessionParameters(_text(given, "prompt_id"), AudioForm(audio_format, rate), instructions, _text(given, "model") or "kokoro")


def settings_of(caller: Caller, parameters: SessionParameters) -> SpeechSettings:
    """Settings of the sentences: by a voice of the account, or a built-in one of this id."""
    voice = find_prompt(caller, parameters.prompt_id) if parameters.prompt_id else None
    voice_id = voice.voice_id if voice is not None else parameters.prompt_id or None
    return SpeechSettings(model=parameters.model, voice=voice_id, instructions=parameters.instructions or None)


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequestError(f"{name} must be a string.", param=name)
    return value or ""

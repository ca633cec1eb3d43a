"""Realtime transcription: audio in JSON messages, text while it is spoken, and committed text."""

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from rest_framework.exceptions import ParseError

from apps.compat.deepgram.live_channel import LiveChannel
from apps.compat.deepgram.live_messages import Faults
from apps.compat.deepgram.live_session import FrameDecoder, as_mono, serve_session
from apps.compat.deepgram.transcripts import HeardWord, Transcript
from apps.compat.elevenlabs.languages import long_code
from apps.compat.elevenlabs.realtime_options import RealtimeOptions, read_realtime_options
from apps.compat.elevenlabs.transcripts import spaced_shapes
from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.parsing import parse_json
from apps.core.sockets import Socket
from apps.live_speech.jobs import LiveJobs

CHUNK: Final = "input_audio_chunk"
COMMITTED: Final = "committed_transcript"
ERRORS: Final[Mapping[str, str]] = {
    "insufficient_credits": "quota_exceeded",
    "key_cap_reached": "quota_exceeded",
    "concurrency_limit_exceeded": "rate_limited",
    "rate_limit_exceeded": "rate_limited",
    "too_many_errors": "input_error",
    "invalid_request": "invalid_request",
}
"""Kinds of errors in ElevenLabs' messages by the platform's codes; others are `error`."""


def closing_message(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """Message of an error that ends a connection."""
    return {"message_type": ERRORS.get(error.code, "error"), "error": error.message, "code": error.code, "request_id": request_id}


async def serve_realtime(socket: Socket) -> None:
    """Serve a connection to its end. The handler of the route."""
    await serve_session(RealtimeSession(socket))


class RealtimeShapes:
    """Messages about the text. With commits by the client, text that a pause has settled waits for the commit."""

    def __init__(self, options: RealtimeOptions) -> None:
        self._options = options
        self._settled: list[Transcript] = []

    def results(
        self,
        transcript: Transcript | None,
        *,
        channel: int,  # noqa: ARG002 - there is one
        start: float,  # noqa: ARG002 - words have their times
        seconds: float,  # noqa: ARG002 - as above
        is_final: bool,
        is_speech_final: bool = False,  # noqa: ARG002 - a pause is no commit of the client's
        is_from_finalize: bool = False,
    ) -> dict[str, Any]:
        """`partial_transcript`, or `committed_transcript` with its words; empty if there is nothing to tell."""
        heard = [*self._settled, transcript] if transcript is not None and transcript.words else list(self._settled)
        text = " ".join(one.text for one in heard)
        if not is_final:
            return {"message_type": "partial_transcript", "text": text}
        if self._options.is_manual and not is_from_finalize:
            self._settled = heard
            return {"message_type": "partial_transcript", "text": text} if heard else {}
        self._settled = []
        if not heard and not is_from_finalize:
            return {}
        words: list[HeardWord] = [word for one in heard for word in one.words]
        language = next((one.language for one in heard if one.language), "")
        return {"message_type": COMMITTED, "text": text, "language_code": long_code(language), "words": spaced_shapes(words)}

    def speech_started(self, *, channel: int, seconds: float) -> dict[str, Any]:  # noqa: ARG002 - no such message
        """Empty shape: the API has no such message."""
        return {}

    def utterance_end(self, *, channel: int, last_word_end: float) -> dict[str, Any]:  # noqa: ARG002 - as above
        """Empty shape: the API has no such message."""
        return {}


class RealtimeSession:
    """State of one connection."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._options = read_realtime_options(socket.request)
        self._decoder = FrameDecoder(self._options.live.raw)
        self._sending = asyncio.Lock()
        self._faults = Faults()
        self._jobs = LiveJobs(socket.exchange, caller=socket.caller, request_id=socket.request_id)
        shapes = RealtimeShapes(self._options)
        self._channel = LiveChannel(number=0, options=self._options.live, shapes=shapes, jobs=self._jobs, send=self._send)

    def recognisers(self) -> list[Any]:
        """Work that continues beside `run`."""
        return [self._channel.run()]

    async def run(self) -> None:
        """Handle the client's messages until it leaves."""
        await self._write({"message_type": "session_started", "session_id": uuid4().hex, "config": self._options.config})
        async for message in self._socket.messages():
            try:
                audio, is_commit = read_chunk(message, sample_rate=self._options.live.raw.sample_rate)
            except InvalidRequestError as error:
                await self._write({"message_type": "input_error", "error": error.message})
                self._faults.count()
                continue
            if audio:
                frames = await self._jobs.compute(self._decoder.feed, audio)
                await self._channel.append(as_mono(frames))
            if is_commit:
                await self._channel.finalize(is_from_client=True)

    def close(self) -> None:
        """Stop everything that is in progress."""
        self._channel.close()

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Send what a result tells: committed text, and once more with its words if the client asked for them."""
        if not message:
            return
        if message["message_type"] != COMMITTED:
            await self._write(message)
            return
        languages = {"language_code": message["language_code"]} if self._options.has_language else {}
        await self._write({"message_type": COMMITTED, "text": message["text"], **languages})
        if self._options.has_timestamps:
            await self._write({**message, "message_type": f"{COMMITTED}_with_timestamps"})

    async def _write(self, message: Mapping[str, Any]) -> None:
        async with self._sending:  # the channel sends too
            await self._socket.send(json.dumps(message, ensure_ascii=False))


def read_chunk(message: str | bytes, *, sample_rate: int) -> tuple[bytes, bool]:
    """Audio of a message, and True if the client commits. Raises InvalidRequestError."""
    expected = f'Messages are JSON texts: {{"message_type": "{CHUNK}", "audio_base_64": "…", "commit": false}}.'
    if isinstance(message, bytes):
        raise InvalidRequestError(expected)
    try:
        read = parse_json(message.encode("utf-8", "replace"))
    except ParseError:
        raise InvalidRequestError(expected) from None
    if not isinstance(read, dict) or read.get("message_type") != CHUNK or not isinstance(read.get("audio_base_64", ""), str):
        raise InvalidRequestError(expected)
    if read.get("sample_rate") not in {None, sample_rate}:
        raise InvalidRequestError(f"sample_rate is {str(read['sample_rate'])[:20]}, but audio_format has {sample_rate}.")
    try:
        return base64.b64decode(read.get("audio_base_64", ""), validate=True), read.get("commit") is True
    except (binascii.Error, ValueError):
        raise InvalidRequestError("audio_base_64 is not valid base64.") from None

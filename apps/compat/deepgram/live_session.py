"""A live connection: reads the client's audio and messages; channels recognise beside."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Protocol

import numpy as np

from apps.compat.deepgram.listening_options import join_hotwords
from apps.compat.deepgram.live_channel import LiveChannel
from apps.compat.deepgram.live_messages import LONGEST_MESSAGE, Faults, LiveShapes, read_message, schema_error
from apps.compat.deepgram.live_options import read_live_options
from apps.compat.deepgram.raw_audio import RawFormat
from apps.core.errors import ApplicationError
from apps.core.sockets import Socket
from apps.live_speech.jobs import LiveJobs
from apps.live_speech.speech_buffer import Samples
from workers.audio.encoding.g711 import decode_g711

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]

MOST_KEYTERMS: Final = 100
CLOSE_STREAM: Final = "CloseStream"


async def serve_listening(socket: Socket) -> None:
    """Serve a connection to its end. The handler of the route."""
    await serve_session(ListeningSession(socket))


class LiveSession(Protocol):
    """A connection that hears live audio."""

    def recognisers(self) -> list[Any]:
        """Work that continues beside `run`."""

    async def run(self) -> None:
        """Handle the client's messages until it leaves."""

    def close(self) -> None:
        """Stop everything that is in progress."""


async def serve_session(session: LiveSession) -> None:
    """Run a session with its recognisers until one of them ends."""
    tasks = [asyncio.ensure_future(work) for work in (session.run(), *session.recognisers())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)  # none ends but with a reason
        for task in tasks:
            if task.done():
                task.result()
    except StreamClosed:
        return
    finally:
        session.close()
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:
            task.cancelled() or task.exception()  # retrieved, else asyncio logs it


class StreamClosed(Exception):  # noqa: N818 - no error: the client has closed its stream
    """Raised when the client has all that it asked for."""


class ListeningSession:
    """State of one connection."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._options = read_live_options(socket.request)
        self._shapes = LiveShapes(self._options)
        self._decoder = FrameDecoder(self._options.raw)
        self._sending = asyncio.Lock()
        self._faults = Faults()
        self._jobs = LiveJobs(socket.exchange, caller=socket.caller, request_id=socket.request_id)
        self._channels = [
            LiveChannel(number=number, options=self._options, shapes=self._shapes, jobs=self._jobs, send=self._send)
            for number in range(self._options.channels)
        ]
        self._seconds = 0.0
        self._handlers: dict[str, Handler] = {
            "KeepAlive": self._keep_alive,
            "Finalize": self._finalize,
            "Configure": self._configure,
            CLOSE_STREAM: self._close_stream,
        }

    def recognisers(self) -> list[Any]:
        """Work of the channels, which continues beside `run`."""
        return [channel.run() for channel in self._channels]

    async def run(self) -> None:
        """Handle the client's messages until it leaves. Raises StreamClosed."""
        async for message in self._socket.messages():
            if isinstance(message, bytes):
                await self._take_audio(message)
            else:
                await self._handle(message)

    def close(self) -> None:
        """Stop everything that is in progress."""
        for channel in self._channels:
            channel.close()

    async def _take_audio(self, data: bytes) -> None:
        if not data:  # how older clients close their stream
            await self._close_stream({})
        self._shapes.count_audio(data)
        frames = await self._jobs.compute(self._decoder.feed, data)
        self._seconds += len(frames) / self._options.raw.sample_rate
        if self._options.channels == 1:
            await self._channels[0].append(as_mono(frames))
        else:
            for number, channel in enumerate(self._channels):
                await channel.append(np.ascontiguousarray(frames[:, number]))

    async def _handle(self, message: str) -> None:
        read = read_message(message)
        handler = self._handlers.get(read["type"]) if read is not None else None
        if read is None or handler is None:
            known = ", ".join(self._handlers)
            expected = f"Text messages are JSON objects of at most {LONGEST_MESSAGE:,} characters with a `type`: {known}."
            await self._send(schema_error(message, description=expected))
            self._faults.count()
            return
        await handler(read)

    async def _keep_alive(self, message: Mapping[str, Any]) -> None:
        """Do nothing: the connection has seen a message."""

    async def _finalize(self, message: Mapping[str, Any]) -> None:
        wanted = message.get("channel")
        chosen = wanted if isinstance(wanted, list) and wanted else [None]
        for number, channel in enumerate(self._channels):
            if chosen[0] is None or number in chosen:
                await channel.finalize(is_from_client=True)

    async def _close_stream(self, message: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        for channel in self._channels:
            await channel.finalize(is_from_client=False)
        for channel in self._channels:
            await channel.drain()
        await self._send(self._shapes.metadata(seconds=self._seconds))
        raise StreamClosed

    async def _configure(self, message: Mapping[str, Any]) -> None:
        terms = message.get("keyterms")
        if terms is None:
            await self._send(self._shapes.configured(None))
            return
        if not isinstance(terms, list) or len(terms) > MOST_KEYTERMS or not all(isinstance(term, str) for term in terms):
            failure = f"`keyterms` is a list of at most {MOST_KEYTERMS} strings."
            await self._send(self._shapes.not_configured(code="CONFIGURE_KEYTERM_LIMIT_EXCEEDED", description=failure))
            return
        try:
            hotwords = join_hotwords(tuple(terms), name="keyterms")
        except ApplicationError as error:
            await self._send(self._shapes.not_configured(code="CONFIGURE_KEYTERM_LIMIT_EXCEEDED", description=error.message))
            return
        for channel in self._channels:
            channel.hotwords = hotwords
        await self._send(self._shapes.configured(terms))

    async def _send(self, message: Mapping[str, Any]) -> None:
        async with self._sending:  # channels send too
            await self._socket.send(json.dumps(message, ensure_ascii=False))


class FrameDecoder:
    """Decodes raw audio block by block; a frame may be cut between two messages."""

    def __init__(self, raw: RawFormat) -> None:
        self._raw = raw
        self._rest = b""

    def feed(self, data: bytes) -> Samples:
        """Frames [n, channels] that the data completes."""
        whole = self._rest + data
        size = len(whole) - len(whole) % self._raw.frame_bytes
        self._rest = whole[size:]
        samples = self._decode(whole[:size])
        frames: Samples = samples.reshape(-1, self._raw.channels)
        return frames

    def _decode(self, data: bytes) -> Samples:
        if self._raw.encoding == "linear16":
            return np.frombuffer(data, "<i2").astype(np.int16, copy=False)
        return decode_g711(data, law="mu" if self._raw.encoding == "mulaw" else "a")


def as_mono(frames: Samples) -> Samples:
    """All channels as one."""
    if frames.shape[1] == 1:
        return np.ascontiguousarray(frames[:, 0])
    mixed: Samples = np.rint(frames.astype(np.float32).mean(axis=1)).astype(np.int16)
    return mixed

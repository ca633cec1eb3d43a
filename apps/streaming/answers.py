"""Responses with a job's audio while it is made: encoded bytes, or server-sent events."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

import numpy as np
from django.conf import settings
from django.http.response import HttpResponseBase
from numpy.typing import NDArray

from apps.core import sse
from apps.core.deferred import ASGIApp, Deferred, Exchange, ListenerLeftError, client_closed_response
from apps.core.errors import ApplicationError
from apps.core.sse import ServerSentEvent, encode_events
from apps.core.streamed_body import UNBUFFERED, begin_body
from apps.streaming.chunks import AudioChunk
from apps.streaming.job_audio import JobAudio, listen
from workers.audio.encoding import Encoder
from workers.contract.formats import FORMATS

FIRST_SECONDS = 0.25
"""Audio at the beginning of a response that is encoded by itself: MP3 takes 6 ms of CPU time for each second."""
PIECE_SECONDS = 1.0
"""Most audio that is encoded at once."""


@dataclass(frozen=True, slots=True)
class AudioForm:
    """Form in which a listener gets the audio."""

    format: str
    """Name in workers/contract/formats.py."""
    sample_rate: int = 0
    """Hz; 0 keeps the engine's."""
    bitrate: int = 0
    """Bits per second; 0 takes the format's default."""
    recode: Callable[[bytes], bytes] | None = None
    """Changes the encoded bytes of each piece, such as 16-bit samples to G.711."""
    media_type: str = ""
    """Content type in place of the format's."""
    header: bytes = b""
    """Bytes before the audio."""

    @property
    def content_type(self) -> str:
        return self.media_type or FORMATS[self.format].content_type


class StreamEncoder:
    """Encodes the chunks of one response: one header, then all samples. Its methods compute on the exchange's encoder threads."""

    def __init__(self, form: AudioForm, *, exchange: Exchange) -> None:
        self._form = form
        self._exchange = exchange
        self._encoder: Encoder | None = None
        self._header = b""

    @property
    def sample_rate(self) -> int:
        """Hz of the encoded audio; 0 before the first chunk."""
        return self._encoder.sample_rate if self._encoder else 0

    async def encode(self, chunk: AudioChunk) -> bytes:
        """Bytes that are ready, perhaps none: lossy formats hold a frame back."""
        return b"".join([piece async for piece in self.encode_in_pieces(chunk)])

    async def encode_in_pieces(self, chunk: AudioChunk) -> AsyncGenerator[bytes]:
        """The same bytes, those of the first moment of a response before the rest: its client waits for them. The encoder threads take turns after
        each piece, so that no first moment waits for a long sentence of another response, and what a client that left will not hear is not encoded.
        """
        first = round(PIECE_SECONDS * chunk.sample_rate)
        if self._encoder is None:
            form = self._form
            self._encoder = Encoder(form.format, input_rate=chunk.sample_rate, sample_rate=form.sample_rate, bitrate=form.bitrate)
            self._header = form.header
            first = round(FIRST_SECONDS * chunk.sample_rate)
        samples = chunk.as_float()
        starts = (0, *range(first, len(samples), round(PIECE_SECONDS * chunk.sample_rate)), len(samples))
        for start, end in pairwise(starts):
            yield await self._encode(self._encoder, samples[start:end])

    async def _encode(self, encoder: Encoder, samples: NDArray[np.float32]) -> bytes:
        data = self._recoded(await self._exchange.encode(encoder.write, samples))
        header, self._header = self._header, b""
        return header + data

    async def finish(self) -> bytes:
        """Remaining bytes."""
        return self._recoded(await self._exchange.encode(self._encoder.finish)) if self._encoder else b""

    def _recoded(self, data: bytes) -> bytes:
        return self._form.recode(data) if self._form.recode is not None and data else data


WriteEvents = Callable[[JobAudio], AsyncIterator[ServerSentEvent]]
"""Writes the events of a response. Its first event comes after the first audio, so that what fails before is a plain error response."""


WriteError = Callable[[ApplicationError], ServerSentEvent]


def error_event(error: ApplicationError) -> ServerSentEvent:
    """The event of an error, in the shape of an error response's body."""
    shown = {"message": error.message, "type": error.type, "code": error.code, "param": error.param}
    return ServerSentEvent({"error": shown, **error.extra}, event="error")


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """Facts of a streamed response that are known when the job was accepted."""

    job_uuid: UUID
    is_kept: bool = False
    """True if the job continues after the client disconnects."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers in addition to the content type and those against buffering."""

    def audio(self, form: AudioForm) -> Deferred:
        """Response whose body is the audio, begun with its first sentence."""
        headers = {"Content-Type": form.content_type, **UNBUFFERED, **self.headers}
        return self.body(lambda audio: _encoded(audio, form=form), headers=headers)

    def events(self, write: WriteEvents, *, write_error: WriteError = error_event) -> Deferred:
        """Response of server-sent events, with heartbeats. An error after the first event is written as an event."""
        return self.body(
            lambda audio: encode_events(_with_error(write(audio), write_error), is_first_awaited=True),
            headers={**sse.HEADERS, **self.headers},
        )

    def body(self, write: Callable[[JobAudio], AsyncGenerator[bytes]], *, headers: Mapping[str, str]) -> Deferred:
        """Response whose body is what `write` makes of the audio. headers: all of them."""

        async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
            try:
                return await begin_body(self._chunks(exchange, write), exchange=exchange, headers=headers)
            except ListenerLeftError:
                return client_closed_response()

        return Deferred(resolve)

    async def _chunks(self, exchange: Exchange, write: Callable[[JobAudio], AsyncGenerator[bytes]]) -> AsyncGenerator[bytes]:
        wait_seconds = settings.TTSAI_SPEECH_WAIT_SECONDS
        async with (
            listen(exchange, self.job_uuid, is_kept=self.is_kept, first_seconds=wait_seconds) as audio,
            contextlib.aclosing(write(audio)) as chunks,
        ):
            async for chunk in chunks:
                yield chunk


async def _encoded(audio: JobAudio, *, form: AudioForm) -> AsyncGenerator[bytes]:
    encoder = StreamEncoder(form, exchange=audio.exchange)
    async with contextlib.aclosing(aiter(audio)) as chunks:
        async for chunk in chunks:
            async for data in encoder.encode_in_pieces(chunk):
                if data:
                    yield data
    if data := await encoder.finish():
        yield data


async def _with_error(events: AsyncIterator[ServerSentEvent], write_error: WriteError) -> AsyncGenerator[ServerSentEvent]:
    """The events, and an event for the error that ends them after the first."""
    has_begun = False
    try:
        async for event in events:
            yield event
            has_begun = True
    except ApplicationError as error:
        if not has_begun:
            raise
        yield write_error(error)
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()

"""Encoder of a streamed response: the first moment alone, and the same bytes as in one piece."""

import asyncio
from typing import Any, cast

import pytest

from apps.core.deferred import Exchange
from apps.streaming.answers import FIRST_SECONDS, PIECE_SECONDS, AudioForm, StreamEncoder
from apps.streaming.chunks import AudioChunk
from tests.streaming.speaking import RATE, tone
from ttsai.web.exchange import WebExchange
from workers.audio.encoding import Encoder, pcm16

BYTES_A_SECOND = 2 * RATE


def chunk_of(number: int) -> AudioChunk:
    return AudioChunk(number, pcm16(tone(number, seconds=2.0)), RATE, start=2.0 * number)


async def pieces_of(form: AudioForm, *chunks: AudioChunk) -> list[bytes]:
    encoder = StreamEncoder(form, exchange=cast("Exchange", EncodingThreads()))
    return [piece for chunk in chunks async for piece in encoder.encode_in_pieces(chunk)] + [await encoder.finish()]


class EncodingThreads:
    """The shell's encoder threads, without a request."""

    async def encode(self, function: Any, *args: Any) -> Any:
        return await WebExchange.encode(cast("WebExchange", self), function, *args)


def test_first_moment_of_a_response_is_encoded_first_then_a_second_at_a_time() -> None:
    pieces = asyncio.run(pieces_of(AudioForm("pcm", header=b"head"), chunk_of(0), chunk_of(1)))
    first, piece = round(FIRST_SECONDS * BYTES_A_SECOND), round(PIECE_SECONDS * BYTES_A_SECOND)
    assert [len(data) for data in pieces] == [4 + first, piece, piece - first, piece, piece, 0]
    assert b"".join(pieces) == b"head" + chunk_of(0).samples + chunk_of(1).samples


@pytest.mark.parametrize("audio_format", ["mp3", "opus", "aac", "flac"])
def test_bytes_of_the_pieces_are_those_of_the_whole(audio_format: str) -> None:
    pieces = asyncio.run(pieces_of(AudioForm(audio_format), chunk_of(0), chunk_of(1)))
    whole = Encoder(audio_format, input_rate=RATE)
    expected = [whole.write(chunk_of(0).as_float()), whole.write(chunk_of(1).as_float()), whole.finish()]
    assert pieces[0]
    assert len(b"".join(pieces)) == len(b"".join(expected))

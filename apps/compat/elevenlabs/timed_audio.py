"""Audio with the times of its characters: one JSON object, or one a line while it is made. That of a dialogue tells who speaks them."""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

from apps.compat.elevenlabs.alignment import Aligner, Alignment, Turn, joined, voice_segments
from apps.streaming.answers import AudioForm, StreamEncoder
from apps.streaming.job_audio import JobAudio

Write = Callable[[JobAudio], AsyncGenerator[bytes]]


def write_object(text: str, *, form: AudioForm, turns: Sequence[Turn] = ()) -> Write:
    """Writer of one JSON object, sent in pieces: an hour of audio is never held. turns: of a dialogue."""

    async def write(audio: JobAudio) -> AsyncGenerator[bytes]:
        rest, alignments = b"", []
        opening = b'{"audio_base64":"'
        async with contextlib.aclosing(_timed_pieces(audio, text=text, form=form)) as pieces:
            async for data, alignment in pieces:
                alignments.append(alignment)
                rest += data
                whole = len(rest) - len(rest) % 3  # base64 of the pieces is then base64 of the audio
                if whole:
                    yield opening + base64.b64encode(rest[:whole])
                    rest, opening = rest[whole:], b""
        ending = json.dumps(_times_shape(joined(alignments), turns=turns, first=0), ensure_ascii=False).encode()
        yield opening + base64.b64encode(rest) + b'",' + ending[1:]

    return write


def write_lines(text: str, *, form: AudioForm, turns: Sequence[Turn] = ()) -> Write:
    """Writer of one JSON object a line, for each sentence. turns: of a dialogue."""

    async def write(audio: JobAudio) -> AsyncGenerator[bytes]:
        written = 0
        async with contextlib.aclosing(_timed_pieces(audio, text=text, form=form)) as pieces:
            async for data, alignment in pieces:
                if data or alignment.characters:
                    times = _times_shape(alignment, turns=turns, first=written)
                    line = {"audio_base64": base64.b64encode(data).decode(), **times}
                    yield json.dumps(line, ensure_ascii=False).encode() + b"\n"
                written += len(alignment.characters)

    return write


def _times_shape(alignment: Alignment, *, turns: Sequence[Turn], first: int) -> dict[str, Any]:
    """first: index in the whole text of the alignment's first character."""
    times = alignment.shape()
    segments = {"voice_segments": voice_segments(alignment, turns=turns, first=first)} if turns else {}
    return {"alignment": times, "normalized_alignment": times, **segments}


async def _timed_pieces(audio: JobAudio, *, text: str, form: AudioForm) -> AsyncGenerator[tuple[bytes, Alignment]]:
    encoder, aligner = StreamEncoder(form, exchange=audio.exchange), Aligner(text)
    async with contextlib.aclosing(aiter(audio)) as chunks:
        async for chunk in chunks:
            yield await encoder.encode(chunk), aligner.hear(chunk.words)
    yield await encoder.finish(), aligner.finish(seconds=audio.seconds)

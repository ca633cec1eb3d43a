"""Audio with the times of its characters: one JSON object, or one a line while it is made."""

import base64
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from apps.compat.elevenlabs.alignment import Aligner, Alignment, joined
from apps.streaming.answers import AudioForm, StreamEncoder
from apps.streaming.job_audio import JobAudio

Write = Callable[[JobAudio], AsyncGenerator[bytes]]


def write_object(text: str, *, form: AudioForm) -> Write:
    """Writer of one JSON object, sent in pieces: an hour of audio is never held."""

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
        times = joined(alignments).shape()
        ending = json.dumps({"alignment": times, "normalized_alignment": times}, ensure_ascii=False).encode()
        yield opening + base64.b64encode(rest) + b'",' + ending[1:]

    return write


def write_lines(text: str, *, form: AudioForm) -> Write:
    """Writer of one JSON object a line, for each sentence."""

    async def write(audio: JobAudio) -> AsyncGenerator[bytes]:
        async with contextlib.aclosing(_timed_pieces(audio, text=text, form=form)) as pieces:
            async for data, alignment in pieces:
                times = alignment.shape()
                if data or times:
                    line: dict[str, Any] = {
                        "audio_base64": base64.b64encode(data).decode(),
                        "alignment": times,
                        "normalized_alignment": times,
                    }
                    yield json.dumps(line, ensure_ascii=False).encode() + b"\n"

    return write


async def _timed_pieces(audio: JobAudio, *, text: str, form: AudioForm) -> AsyncGenerator[tuple[bytes, Alignment]]:
    encoder, aligner = StreamEncoder(form, exchange=audio.exchange), Aligner(text)
    async with contextlib.aclosing(aiter(audio)) as chunks:
        async for chunk in chunks:
            yield await encoder.encode(chunk), aligner.hear(chunk.words)
    yield await encoder.finish(), aligner.finish(seconds=audio.seconds)

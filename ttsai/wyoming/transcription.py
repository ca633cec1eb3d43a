"""Transcript of a client's audio."""

import contextlib
import tempfile
import wave
from collections.abc import AsyncGenerator
from typing import Any, Final, NamedTuple

from wyoming.asr import Transcribe
from wyoming.audio import AudioChunk, AudioFormat

from ttsai.api_client import ApiClient, ApiError
from ttsai.wyoming.bounded_events import BadEventError
from workers.contract.tags import primary_tag

IN_MEMORY_BYTES: Final = 1 << 20
RATES: Final = (1_000, 192_000)
WIDTHS: Final = (1, 2, 3, 4)
MOST_CHANNELS: Final = 8


class HeardText(NamedTuple):
    """Next text of a transcript; `is_final` for the whole text and its language at the end."""

    text: str
    is_final: bool = False
    language: str | None = None


class Listening:
    """Audio of one request, spooled to disk beyond a megabyte, then transcribed."""

    def __init__(self, wanted: Transcribe | None, form: AudioFormat, *, most_seconds: float) -> None:
        """Begin to record. Raises BadEventError, and ApiError for a format that is not supported."""
        if any(type(value) is not int for value in (form.rate, form.width, form.channels)):  # the package takes any JSON value
            raise BadEventError("The rate, width and channels of audio are whole numbers.")
        if not (RATES[0] <= form.rate <= RATES[1] and form.width in WIDTHS and 1 <= form.channels <= MOST_CHANNELS):
            raise ApiError("bad_audio", f"Audio of {form.rate} Hz, {form.width} bytes and {form.channels} channels is not supported.")
        self._wanted = wanted
        self._form = form
        self._most_bytes = int(most_seconds * form.rate * form.width * form.channels)
        self._bytes = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed by close()
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115
        self._wave.setnchannels(form.channels)
        self._wave.setsampwidth(form.width)
        self._wave.setframerate(form.rate)

    @property
    def is_empty(self) -> bool:
        """True while there is no audio."""
        return self._bytes == 0

    def add(self, chunk: AudioChunk) -> None:
        """Add audio. Raises ApiError if it is too long, or in another format than the recording began in."""
        if (chunk.rate, chunk.width, chunk.channels) != (self._form.rate, self._form.width, self._form.channels):
            raise ApiError("bad_audio", "The format of the audio changed within a recording.")
        self._bytes += len(chunk.audio)
        if self._bytes > self._most_bytes:
            raise ApiError("too_long", "The recording is longer than this server takes (--max-audio-seconds).")
        self._wave.writeframes(chunk.audio)

    async def transcribe(self, api: ApiClient, *, model: str | None) -> AsyncGenerator[HeardText]:
        """Text as it is recognised, at last the whole. Raises ApiError."""
        self._wave.close()
        self._file.seek(0)
        named = self._wanted.name if self._wanted and self._wanted.name else model
        language = primary_tag(self._wanted.language or "") if self._wanted else ""
        fields: dict[str, Any] = {"model": named, "language": language, "stream": True}
        events = api.read_events("/v1/stt/", fields, file=("recording.wav", self._file, "audio/wav"))
        async with contextlib.aclosing(events):
            async for name, data in events:
                if name == "transcript.text.delta":
                    yield HeardText(str(data["delta"]))
                elif name == "transcript.text.done":
                    yield HeardText(str(data["text"]).strip(), is_final=True, language=data.get("language") or None)
                    return
                elif name == "error":
                    error = data.get("error", {})
                    raise ApiError(str(error.get("code", "failed")), str(error.get("message", "The transcription failed.")))
        raise ApiError("bad_answer", "The transcript ended before its last event.")

    def close(self) -> None:
        """Discard the audio."""
        try:
            with contextlib.suppress(wave.Error):
                self._wave.close()
        finally:
            self._file.close()

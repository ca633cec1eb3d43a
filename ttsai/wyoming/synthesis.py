"""Speech for a client: a whole text, or sentences while the text comes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final

from wyoming.tts import SynthesizeVoice

from ttsai.api_client import ApiClient, ApiError
from workers.contract.tags import normalise_tag
from workers.text.markup.boundaries import PAUSES
from workers.text.markup.incoming import IncomingSentence, IncomingText

logger = logging.getLogger(__name__)

RATE: Final = 24_000
WIDTH: Final = 2
CHUNK_BYTES: Final = 4_800
"""100 ms."""
AHEAD: Final = 2
"""Sentences that are requested while another one is heard, so that the workers are never idle between two."""
TOO_MANY: Final = 429
"""Status of a sentence that the key's limits of jobs or requests do not allow yet."""
RETRY_SECONDS: Final = 0.5
LIMITED_SECONDS: Final = 60.0
"""Longest wait for these limits: requests are counted by the minute."""
BUFFERED_CHUNKS: Final = 600
"""Chunks of a sentence that wait to be sent: a minute."""
MOST_CHARACTERS: Final = 200_000
"""Longest text of one request."""
WAITING_SENTENCES: Final = 200
"""Sentences that wait to be spoken; beyond, the client's text is not read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Voice and language that a client asked for."""

    voice: str | None
    language: str | None

    @classmethod
    def of(cls, wanted: SynthesizeVoice | None, *, default: str | None) -> "Choice":
        """Voice by its name, otherwise by its language, otherwise the default."""
        if wanted is None or not (wanted.name or wanted.language):
            return cls(default, None)
        return cls(str(wanted.name), None) if wanted.name else cls(None, normalise_tag(wanted.language))


async def speak(api: ApiClient, text: str, choice: Choice) -> AsyncGenerator[bytes]:
    """PCM of a text, 16-bit mono at RATE, while it is made. Raises ApiError."""
    body: dict[str, Any] = {"text": text, "voice": choice.voice, "language": choice.language}
    pcm = {"format": "pcm", "sample_rate": RATE, "stream": True}
    async with contextlib.aclosing(api.stream("/v1/tts/", {**body, **pcm}, chunk_bytes=CHUNK_BYTES)) as chunks:
        async for chunk in chunks:
            yield chunk


class StreamedSpeech:
    """Speech of a text that comes in pieces: each sentence is a job of its own, begun while the ones before are heard."""

    def __init__(self, api: ApiClient, choice: Choice) -> None:
        self._api = api
        self._choice = choice
        self._text = IncomingText()
        self._characters = 0
        self._sentences: asyncio.Queue[IncomingSentence | None] = asyncio.Queue(WAITING_SENTENCES)

    async def feed(self, text: str) -> None:
        """Add text; waits while too many sentences do. Raises ApiError beyond the longest text."""
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise ApiError("text_too_long", f"A streamed text may have {MOST_CHARACTERS:,} characters.")
        for sentence in self._text.feed(text):
            await self._sentences.put(sentence)

    async def finish(self) -> None:
        for sentence in self._text.flush():
            await self._sentences.put(sentence)
        await self._sentences.put(None)

    async def audio(self) -> AsyncGenerator[bytes]:
        """PCM of all sentences in order, with the pauses between them. Leaving early cancels what is being made."""
        begun: asyncio.Queue[_Begun | None] = asyncio.Queue(AHEAD - 1)  # one more waits for its place
        beginner = asyncio.create_task(self._begin_all(begun))
        pause = b""
        current: _Begun | None = None
        try:
            while (current := await begun.get()) is not None:
                yield pause
                async for chunk in current.chunks():
                    yield chunk
                pause = bytes(round(PAUSES[current.sentence.kind] * RATE) * WIDTH)
        finally:
            beginner.cancel()
            left = [current] if current is not None else []
            while not begun.empty():
                left += [one for one in (begun.get_nowait(),) if one is not None]
            for one in left:
                one.cancel()
            await asyncio.gather(beginner, *(one.task for one in left), return_exceptions=True)

    async def _begin_all(self, begun: "asyncio.Queue[_Begun | None]") -> None:
        while (sentence := await self._sentences.get()) is not None:
            one = _Begun(sentence, api=self._api, choice=self._choice)
            try:
                await begun.put(one)
            except asyncio.CancelledError:
                one.cancel()
                raise
        await begun.put(None)


class _Begun:
    """A sentence that is being made."""

    def __init__(self, sentence: IncomingSentence, *, api: ApiClient, choice: Choice) -> None:
        self.sentence = sentence
        self._made: asyncio.Queue[bytes | ApiError | None] = asyncio.Queue(BUFFERED_CHUNKS)
        self.task = asyncio.create_task(self._make(api, choice))

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Chunks as they are made. Raises ApiError."""
        while (made := await self._made.get()) is not None:
            if isinstance(made, ApiError):
                raise made
            yield made

    def cancel(self) -> None:
        """Stop making the sentence, which closes its request and so cancels its job."""
        self.task.cancel()

    async def _make(self, api: ApiClient, choice: Choice) -> None:
        until = time.monotonic() + LIMITED_SECONDS
        while True:
            is_heard = False
            try:
                async with contextlib.aclosing(speak(api, self.sentence.text, choice)) as chunks:
                    async for chunk in chunks:
                        is_heard = True
                        await self._made.put(chunk)
            except ApiError as error:
                if error.status == TOO_MANY and not is_heard and time.monotonic() < until:
                    await asyncio.sleep(RETRY_SECONDS)
                    continue
                await self._made.put(error)
            except Exception:
                logger.exception("a bug in the speech of a sentence")
                await self._made.put(ApiError("failed", "The sentence could not be spoken."))
            else:
                await self._made.put(None)
            return

"""The jobs of a session: transcribe what the user said, answer it, speak the answer. A job that nobody waits for any more is cancelled."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Final

from apps.accounts.callers import Caller
from apps.accounts.throttles import too_many_requests
from apps.catalog.selectors import find_model
from apps.catalog.voices import resolve_voice
from apps.compat.openai.names import VOICES
from apps.compat.realtime.configuration import SessionConfig, SessionKind, Transcription
from apps.conversations.replies import ReplyOrder, request_reply
from apps.conversations.selectors import find_responder
from apps.core.errors import ApplicationError
from apps.core.limits import LimitState, count_requests
from apps.jobs.models import Job
from apps.jobs.services.acceptance import Submission
from apps.live_speech.jobs import LiveJobs
from apps.live_speech.speech_buffer import Recording
from apps.speech.services import SpeechOrder
from apps.streaming.chunks import AudioChunk
from apps.text_streams.speaking import speaking
from apps.transcription.documents import read_script
from apps.transcription.services import DEFAULT_MODEL, TranscriptionOrder, check_order
from workers.contract.transcription import Turn

SPEECH_MODEL: Final = "tts-1"
"""Model that speaks: OpenAI's name, which takes whichever model has the voice."""
OPENAI_PREFIX: Final = "gpt-"
REALTIME_PREFIXES: Final = ("gpt-realtime", "gpt-live", "gpt-4o-realtime", "gpt-4o-mini-realtime")
"""OpenAI's models of the Realtime API, which have no stand-ins in the catalogue."""


@dataclass(frozen=True, slots=True)
class Made:
    """Job that has ended, and what it made."""

    job: Job
    text: str
    language: str = ""
    written: str = ""
    """Text of an answer as the model wrote it; `text` is its speakable form."""


class SessionJobs(LiveJobs):
    """Makes the jobs of one connection, for its caller."""

    limit_state: LimitState | None = None
    """State of the caller's requests a minute after the latest turn."""

    async def count_turn(self) -> None:
        """Count a transcription or a response as one request. Raises TooManyRequestsError."""
        buckets = self._caller.request_buckets
        states = await self._exchange.run(count_requests, buckets)
        self.limit_state = min(states, key=lambda state: state.remaining)
        refused = [state for state in states if not state.is_allowed]
        if refused:
            raise too_many_requests(max(refused, key=lambda state: state.retry_after))

    async def transcribe(self, recording: Recording, *, transcription: Transcription) -> Made:
        """Transcript of a recording. Raises ApplicationErrors."""
        order = TranscriptionOrder(
            model=recogniser_name(transcription.model), language=transcription.language, prompt=transcription.prompt, is_awaited=True
        )
        job, document = await self.recognise(recording, order=order)
        return Made(job, document.text, document.language)

    async def reply(self, turns: tuple[Turn, ...], *, instructions: str, model: str, language: str) -> Made:
        """Answer to the last turn, in its speakable form. Raises ApplicationErrors."""
        *history, question = turns
        order = ReplyOrder(
            text=question.content, history=tuple(history), system_prompt=instructions, model=responder_name(model), language=language
        )

        async def start() -> Submission:
            return await self._exchange.run(request_reply, self._caller, order=order, request_id=self._request_id)

        job, document = await self.finished(start, read=read_script)
        return Made(job, "".join(document.shares).replace("<", " "), document.source_language, written=document.text)

    @contextlib.asynccontextmanager
    async def speak(self, text: str, *, voice: str, speed: float) -> AsyncIterator[tuple[Job, AsyncGenerator[AudioChunk]]]:
        """Speech of a text while it is made. The block's end before the audio's stops the job within a sentence. Raises ApplicationErrors."""
        order = SpeechOrder(
            text=text,
            model=SPEECH_MODEL,
            voice=voice,
            dialect_voices=VOICES,
            format="wav",
            speed=speed,
            has_listener=True,
            is_streamed=True,
        )

        async with speaking(self._exchange, self._caller, order=order, request_id=self._request_id) as (job, chunks):
            yield job, chunks


def recogniser_name(model: str) -> str:
    """Model that transcribes: as asked, or the default for OpenAI's realtime models, which the catalogue does not know."""
    return DEFAULT_MODEL if not model or model.startswith(REALTIME_PREFIXES) else model


def responder_name(model: str) -> str:
    """Responder by its own name; empty for OpenAI's models, which any responder stands in for."""
    return "" if model.startswith(OPENAI_PREFIX) else model


def check_models(caller: Caller, config: SessionConfig) -> None:
    """Refuse models, languages and voices that are unknown or not allowed; those that no worker serves now may come back."""
    try:
        if config.transcription is not None:
            transcription = config.transcription
            check_order(caller, order=TranscriptionOrder(model=recogniser_name(transcription.model), language=transcription.language))
        if config.kind is SessionKind.REALTIME:
            find_responder(caller.plan, model=responder_name(config.model))
            engine = find_model(SPEECH_MODEL, plan=caller.plan, voice=config.voice)
            resolve_voice(caller, engine=engine, asked=config.voice, dialect=VOICES)
    except ApplicationError as error:
        if error.status < 500:
            raise

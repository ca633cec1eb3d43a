"""One response: an answer of the responder, written or spoken, as a sequence of events."""

import asyncio
import base64
import time
from dataclasses import dataclass
from typing import Any, Final

from apps.billing import prices
from apps.compat.realtime.audio_formats import OutputEncoder, seconds_of
from apps.compat.realtime.configuration import DEFAULT_INSTRUCTIONS, Modality
from apps.compat.realtime.configuration_shapes import beta_format_name, format_shape
from apps.compat.realtime.conversation import Conversation, Item, history_of
from apps.compat.realtime.errors import EventError, error_details, new_id
from apps.compat.realtime.jobs import Made, SessionJobs
from apps.compat.realtime.response_options import ResponseOptions
from apps.compat.realtime.server_events import EventSender
from apps.compat.realtime.spoken_text import SpokenText
from apps.compat.realtime.usage import response_usage
from apps.core.deferred import ListenerLeftError
from apps.core.exception_handler import as_application_error
from apps.core.sockets import SocketClosedError
from apps.streaming.chunks import AudioChunk
from workers.contract.transcription import Turn

DELTA_BYTES: Final = 9600
"""Audio of one delta: 0.2 s of PCM."""


@dataclass(frozen=True, slots=True)
class Session:
    """Parts of a session that a response uses."""

    sender: EventSender
    conversation: Conversation
    jobs: SessionJobs


class Response:
    """A response in progress. `run` makes it; `cancel` ends it early."""

    def __init__(self, session: Session, *, options: ResponseOptions) -> None:
        self.id = new_id("resp")
        self.options = options
        self._session = session
        self._item = Item(new_id("item"), role="assistant", is_audio=options.config.modality is Modality.AUDIO, status="in_progress")
        self._previous_id: str | None = None
        self._is_open = False
        """True once the output item was announced."""
        self._task: asyncio.Task[None] | None = None
        self._cancel_reason = ""
        self._is_finishing = False
        self._charged_millicredits = 0
        self._input_text = ""
        self._input_seconds = 0.0

    @property
    def is_over(self) -> bool:
        return self._task is not None and self._task.done()

    def start(self) -> "asyncio.Task[None]":
        """Begin the response in a task of its own."""
        self._task = asyncio.create_task(self._run())
        return self._task

    async def cancel(self, reason: str) -> None:
        """End the response, with its last events, before this returns. reason: client_cancelled or turn_detected."""
        assert self._task is not None  # noqa: S101 - it was started
        self._cancel_reason = reason
        if not self._is_finishing:
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _run(self) -> None:
        status = "completed"
        details: dict[str, Any] | None = None
        try:
            await self._send("response.created", response=self._shape("in_progress"))
            await self._answer()
        except asyncio.CancelledError:
            if not self._cancel_reason:  # the connection ends
                raise
            status, details = "cancelled", {"type": "cancelled", "reason": self._cancel_reason}
        except (SocketClosedError, ListenerLeftError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge of the response's task; as_application_error logs a bug
            status, details = "failed", {"type": "failed", "error": error_details(as_application_error(error))}
        await self._finish(status, details)

    async def _answer(self) -> None:
        await self._session.jobs.count_turn()
        turns, language = await self._turns()
        if not turns:
            return
        self._input_text = "".join(turn.content for turn in turns)
        config = self.options.config
        instructions = config.instructions if self.options.instructions is None else self.options.instructions
        made = await self._session.jobs.reply(turns, instructions=instructions, model=config.model, language=language)
        self._charged_millicredits += made.job.charged_millicredits
        await self._open()
        if self._item.is_audio:
            await self._speak(made)
        else:
            await self._write(made)

    async def _turns(self) -> tuple[tuple[Turn, ...], str]:
        """Turns to answer, the last one the user's, and the language of the last one; empty if the user said nothing."""
        items = tuple(self._session.conversation) if self.options.input is None else self.options.input
        for item in items:
            if item.transcript is not None:
                await asyncio.wait([item.transcript])
            if item.error is not None and item is items[-1]:
                raise item.error
        if items and items[-1].is_audio and not items[-1].text:
            return (), ""  # silence, or a noise that was taken for speech
        turns = history_of(items)
        if not turns or turns[-1].role != "user":  # nobody asked: the instructions say what to begin with
            asked = self.options.instructions or self._begin()
            turns = (*turns, Turn("user", asked))
        self._input_seconds = items[-1].audio_ms / 1000 if items else 0.0
        return turns, items[-1].language if items else ""

    def _begin(self) -> str:
        instructions = self.options.config.instructions
        if not instructions or instructions == DEFAULT_INSTRUCTIONS:
            raise EventError(
                "There is nothing to answer. Add a user message to the conversation, or send instructions.", code="empty_input"
            )
        return instructions

    async def _open(self) -> None:
        """Announce the output item and its content."""
        conversation = self._session.conversation
        self._is_open = True
        shape = self._item.shape(is_beta=self._session.sender.is_beta)
        await self._send("response.output_item.added", output_index=0, item=shape, response_id=self.id)
        if not self.options.is_out_of_band:
            self._previous_id = conversation.add(self._item)
            await self._send("conversation.item.added", previous_item_id=self._previous_id, item=shape)
        part = {"type": "audio", "transcript": ""} if self._item.is_audio else {"type": "text", "text": ""}
        await self._send_part("response.content_part.added", part=part)

    async def _write(self, made: Made) -> None:
        self._item.text = made.written
        await self._send_part("response.output_text.delta", delta=made.written)

    async def _speak(self, made: Made) -> None:
        config, text = self.options.config, SpokenText(made.text)
        encoder: OutputEncoder | None = None
        async with self._session.jobs.speak(made.text, voice=config.voice, speed=config.speed) as (job, chunks):
            async for chunk in chunks:
                encoder = encoder or OutputEncoder(name=config.output_format, sample_rate=chunk.sample_rate)
                await self._send_chunk(chunk, text=text, encoder=encoder)
            self._charged_millicredits += job.price_millicredits  # all of it was made
        if encoder is not None:
            await self._send_audio(await self._session.jobs.compute(encoder.finish))
        await self._send_transcript(text.finish(end_ms=round(self._item.audio_ms)), text=text)

    async def _send_chunk(self, chunk: AudioChunk, *, text: SpokenText, encoder: OutputEncoder) -> None:
        await self._send_transcript(text.advance(chunk.words), text=text)
        await self._send_audio(await self._session.jobs.compute(encoder.feed, chunk.samples))

    async def _send_transcript(self, delta: str, *, text: SpokenText) -> None:
        self._item.text, self._item.words = text.spoken.strip(), text.words
        if delta:
            await self._send_part("response.output_audio_transcript.delta", delta=delta)

    async def _send_audio(self, data: bytes) -> None:
        name = self.options.config.output_format
        for start in range(0, len(data), DELTA_BYTES):
            delta = data[start : start + DELTA_BYTES]
            await self._send_part("response.output_audio.delta", delta=base64.b64encode(delta).decode())
            self._item.audio_ms += 1000 * seconds_of(len(delta), name=name)

    async def _finish(self, status: str, details: dict[str, Any] | None) -> None:
        self._is_finishing = True
        self._item.status = "completed" if status == "completed" else "incomplete"
        if self._is_open:
            await self._close_item()
        usage = response_usage(
            input_text=self._input_text,
            input_seconds=self._input_seconds,
            output_text=self._item.text,
            output_seconds=self._item.audio_ms / 1000,
        )
        if status == "completed":  # the charge of a job that was stopped is known once its worker has reported
            usage["credits_used"] = prices.credits(self._charged_millicredits)
        await self._send("response.done", response=self._shape(status, details=details, usage=usage))
        await self._send_limits()

    async def _close_item(self) -> None:
        text, shape = self._item.text, self._item.shape(is_beta=self._session.sender.is_beta)
        if self._item.is_audio:
            await self._send_part("response.output_audio.done")
            await self._send_part("response.output_audio_transcript.done", transcript=text)
            part = {"type": "audio", "transcript": text}
        else:
            await self._send_part("response.output_text.done", text=text)
            part = {"type": "text", "text": text}
        await self._send_part("response.content_part.done", part=part)
        if not self.options.is_out_of_band:
            await self._send("conversation.item.done", previous_item_id=self._previous_id, item=shape)
        await self._send("response.output_item.done", output_index=0, item=shape, response_id=self.id)

    async def _send_limits(self) -> None:
        state = self._session.jobs.limit_state
        if state is not None:
            limit = {
                "name": "requests",
                "limit": state.limit,
                "remaining": state.remaining,
                "reset_seconds": max(0, state.reset_at - int(time.time())),
            }
            await self._send("rate_limits.updated", rate_limits=[limit])

    def _shape(self, status: str, *, details: dict[str, Any] | None = None, usage: dict[str, Any] | None = None) -> dict[str, Any]:
        config, is_beta = self.options.config, self._session.sender.is_beta
        shape: dict[str, Any] = {
            "id": self.id,
            "object": "realtime.response",
            "status": status,
            "status_details": details,
            "output": [self._item.shape(is_beta=is_beta)] if self._is_open and status != "in_progress" else [],
            "conversation_id": None if self.options.is_out_of_band else self._session.conversation.id,
            "max_output_tokens": "inf",
            "usage": usage,
            "metadata": self.options.metadata,
        }
        if is_beta:
            is_audio = config.modality is Modality.AUDIO
            modalities = ["audio", "text"] if is_audio else ["text"]
            return shape | {"modalities": modalities, "voice": config.voice, "output_audio_format": beta_format_name(config.output_format)}
        output = {"format": format_shape(config.output_format), "voice": config.voice}
        return shape | {"output_modalities": [str(config.modality)], "audio": {"output": output}}

    async def _send(self, name: str, **fields: Any) -> None:
        await self._session.sender.send(name, **fields)

    async def _send_part(self, name: str, **fields: Any) -> None:
        await self._send(name, response_id=self.id, item_id=self._item.id, output_index=0, content_index=0, **fields)

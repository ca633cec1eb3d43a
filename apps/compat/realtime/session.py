"""A connection of the Realtime API: reads the client's events one by one; transcriptions and responses run beside."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from apps.compat.realtime.audio_formats import decode_base64
from apps.compat.realtime.client_events import ErrorBudget, check_id, read_event, required
from apps.compat.realtime.configuration import SessionKind, Transcription
from apps.compat.realtime.configuration_parsing import update_config
from apps.compat.realtime.configuration_shapes import session_shape
from apps.compat.realtime.conversation import Conversation, Item, read_item
from apps.compat.realtime.errors import EventError, error_details, invalid_value, new_id
from apps.compat.realtime.handshake import is_beta, opening_config, scope_of_kind
from apps.compat.realtime.input_buffer import InputBuffer
from apps.compat.realtime.jobs import SessionJobs, check_models
from apps.compat.realtime.response_options import ResponseOptions, read_options
from apps.compat.realtime.responses import Response, Session
from apps.compat.realtime.server_events import EventSender
from apps.core.errors import ApplicationError
from apps.core.exception_handler import as_application_error
from apps.core.sockets import Socket, SocketClosedError
from apps.live_speech.speech_buffer import Recording, Turn
from workers.audio.voice_activity import SpeechStarted
from workers.contract.time_units import HOUR_SECONDS

SESSION_SECONDS: Final = HOUR_SECONDS
MOST_RESPONSES: Final = 4
"""Responses in progress, the conversation's and those out of band."""
MOST_PENDING: Final = 16
MOST_PENDING_BYTES: Final = 8 << 20
"""Turns, and their audio, that wait for their transcript."""

Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


async def serve_realtime(socket: Socket) -> None:
    """Serve a connection to its end. The handler of the route."""
    session = RealtimeSession(socket)
    try:
        async with asyncio.timeout(SESSION_SECONDS):
            await session.run()
    except TimeoutError:
        message = f"A session lasts at most {SESSION_SECONDS // 60} minutes. Connect again."
        raise ApplicationError(message, code="session_expired") from None
    finally:
        session.close()


class RealtimeSession:
    """State of one connection."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._sender = EventSender(socket, is_beta=is_beta(socket.request))
        self._config = opening_config(socket.request)
        self._id = new_id("sess")
        self._expires_at = int(time.time()) + SESSION_SECONDS
        self._buffer: InputBuffer | None = None
        self._conversation = Conversation()
        self._jobs = SessionJobs(socket.exchange, caller=socket.caller, request_id=socket.request_id)
        self._speech_item_id = ""
        """Item that the speech in progress becomes."""
        self._response: Response | None = None
        """The conversation's latest response."""
        self._responses: set[Response] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._transcribing = asyncio.Lock()
        self._pending: dict[Item, int] = {}
        """Items that wait for their transcript, with the bytes of their audio."""
        self._errors = ErrorBudget()
        self._handlers: dict[str, Handler] = {
            "session.update": self._update_session,
            "transcription_session.update": self._update_session,
            "input_audio_buffer.append": self._append_audio,
            "input_audio_buffer.commit": self._commit_audio,
            "input_audio_buffer.clear": self._clear_audio,
            "conversation.item.create": self._create_item,
            "conversation.item.retrieve": self._retrieve_item,
            "conversation.item.truncate": self._truncate_item,
            "conversation.item.delete": self._delete_item,
            "response.create": self._create_response,
            "response.cancel": self._cancel_response,
        }

    async def run(self) -> None:
        """Greet the client and handle its events until it leaves."""
        await self._socket.run(check_models, self._socket.caller, self._config)
        self._buffer = await self._jobs.compute(InputBuffer, self._config)
        await self._send_session("created")
        if self._config.kind is SessionKind.REALTIME:
            shape = {"id": self._conversation.id, "object": "realtime.conversation"}
            await self._sender.send("conversation.created", conversation=shape)
        async for message in self._socket.messages():
            await self._handle(message)

    def close(self) -> None:
        """Stop everything that is in progress."""
        for task in self._tasks:
            task.cancel()

    async def _handle(self, message: str | bytes) -> None:
        event: dict[str, Any] = {}
        try:
            event = read_event(message)
            handler = self._handlers.get(event["type"])
            if handler is None:
                raise invalid_value("type", f"{event['type'][:100]!r}; supported are {', '.join(self._handlers)}.")
            await handler(event)
        except ApplicationError as error:
            await self._sender.send_error(error, client_event_id=event.get("event_id"))
            self._errors.count()

    async def _update_session(self, event: Mapping[str, Any]) -> None:
        config = update_config(self._config, required(event, "session", dict))
        if event["type"].startswith("transcription"):
            config = update_config(config, {"type": SessionKind.TRANSCRIPTION.value})
        if config.kind is not self._config.kind:
            self._socket.caller.needs_scope(scope_of_kind(config.kind))
        await self._socket.run(check_models, self._socket.caller, config)
        self._config = config
        await self._jobs.compute(self._input.configure, config)
        await self._send_session("updated")

    async def _send_session(self, change: str) -> None:
        shape = session_shape(self._config, session_id=self._id, expires_at=self._expires_at, is_beta=self._sender.is_beta)
        is_transcription = self._config.kind is SessionKind.TRANSCRIPTION
        prefix = "transcription_session" if self._sender.is_beta and is_transcription else "session"
        await self._sender.send(f"{prefix}.{change}", session=shape)

    @property
    def _input(self) -> InputBuffer:
        assert self._buffer is not None  # noqa: S101 - made before the first event
        return self._buffer

    async def _append_audio(self, event: Mapping[str, Any]) -> None:
        data = decode_base64(event.get("audio"))
        for found in await self._jobs.compute(self._input.append, data):
            if isinstance(found, SpeechStarted):
                await self._start_speech(found)
            else:
                await self._end_speech(found)

    async def _start_speech(self, started: SpeechStarted) -> None:
        self._speech_item_id = new_id("item")
        await self._sender.send("input_audio_buffer.speech_started", audio_start_ms=started.start_ms, item_id=self._speech_item_id)
        detection, response = self._config.turn_detection, self._active_response
        if response is not None and detection is not None and detection.is_interrupting:
            await response.cancel("turn_detected")

    async def _end_speech(self, turn: Turn) -> None:
        item_id = self._speech_item_id or new_id("item")
        self._speech_item_id = new_id("item")  # of speech that continues beyond the longest turn
        await self._sender.send("input_audio_buffer.speech_stopped", audio_end_ms=turn.stopped.end_ms, item_id=item_id)
        await self._commit(turn.recording, item_id=item_id)
        detection = self._config.turn_detection
        is_answered = self._config.kind is SessionKind.REALTIME and detection is not None and detection.has_response
        if is_answered and self._active_response is None:
            self._start_response(ResponseOptions(self._config))

    async def _commit_audio(self, event: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        item_id = self._speech_item_id if self._input.is_speaking else ""
        self._check_pending(0)
        await self._commit(self._input.commit(), item_id=item_id or new_id("item"))

    async def _commit(self, recording: Recording, *, item_id: str) -> None:
        self._check_pending(len(recording.pcm))
        item = Item(item_id, is_audio=True, recording=recording, audio_ms=1000 * recording.seconds)
        previous = self._conversation.add(item)
        await self._sender.send("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
        await self._announce(item, previous=previous)
        self._start_transcription(item, recording)

    async def _clear_audio(self, event: Mapping[str, Any]) -> None:  # noqa: ARG002 - the signature of handlers
        self._input.clear()
        await self._sender.send("input_audio_buffer.cleared")

    async def _create_item(self, event: Mapping[str, Any]) -> None:
        item = read_item(required(event, "item", dict), input_format=self._config.input_format)
        if item.recording is not None:
            self._check_pending(len(item.recording.pcm))
            item.audio_ms = 1000 * item.recording.seconds
        previous = self._conversation.add(item, after=check_id(event.get("previous_item_id"), param="previous_item_id"))
        await self._announce(item, previous=previous)
        if item.recording is not None:
            self._start_transcription(item, item.recording)

    async def _announce(self, item: Item, *, previous: str | None) -> None:
        shape = item.shape(is_beta=self._sender.is_beta)
        await self._sender.send("conversation.item.added", previous_item_id=previous, item=shape)
        await self._sender.send("conversation.item.done", previous_item_id=previous, item=shape)

    async def _retrieve_item(self, event: Mapping[str, Any]) -> None:
        item = self._conversation.get(required(event, "item_id", str), action="retrieve")
        await self._sender.send("conversation.item.retrieved", item=item.shape(is_beta=self._sender.is_beta))

    async def _truncate_item(self, event: Mapping[str, Any]) -> None:
        item = self._conversation.get(required(event, "item_id", str), action="truncate")
        index, end_ms = required(event, "content_index", int), required(event, "audio_end_ms", int)
        if item.role != "assistant" or not item.is_audio or index != 0:
            raise EventError("Only the audio of an assistant message can be truncated.", code="invalid_value", param="item_id")
        if not 0 <= end_ms <= item.audio_ms + 1:
            raise invalid_value("audio_end_ms", f"{end_ms}; the audio of this item has {item.audio_ms:.0f} ms.")
        item.truncate(audio_end_ms=end_ms)
        await self._sender.send("conversation.item.truncated", item_id=item.id, content_index=index, audio_end_ms=end_ms)

    async def _delete_item(self, event: Mapping[str, Any]) -> None:
        item = self._conversation.get(required(event, "item_id", str), action="delete")
        if item.transcript is not None:
            item.transcript.cancel()
        self._conversation.remove(item)
        await self._sender.send("conversation.item.deleted", item_id=item.id)

    async def _create_response(self, event: Mapping[str, Any]) -> None:
        if self._config.kind is not SessionKind.REALTIME:
            raise EventError("A transcription session makes no responses.", code="invalid_request", param="type")
        options = read_options(self._config, event.get("response"), conversation=self._conversation)
        if options.config.voice != self._config.voice:
            await self._socket.run(check_models, self._socket.caller, options.config)
        if not options.is_out_of_band and self._active_response is not None:
            raise EventError(
                f"Conversation already has an active response in progress: {self._active_response.id}. Wait until the response is finished "
                "before creating a new one.",
                code="conversation_already_has_active_response",
            )
        if len(self._responses) >= MOST_RESPONSES:
            raise EventError(f"At most {MOST_RESPONSES} responses may be in progress. Wait for one.", code="too_many_responses")
        self._start_response(options)

    async def _cancel_response(self, event: Mapping[str, Any]) -> None:
        response_id = check_id(event.get("response_id"), param="response_id")
        found = [one for one in self._responses if one.id == response_id] if response_id else [self._active_response]
        if not found or found[0] is None:
            raise EventError("Cancellation failed: no active response found", code="response_cancel_not_active", param="response_id")
        await found[0].cancel("client_cancelled")

    @property
    def _active_response(self) -> Response | None:
        """The conversation's response in progress."""
        return None if self._response is None or self._response.is_over else self._response

    def _start_response(self, options: ResponseOptions) -> None:
        response = Response(Session(self._sender, self._conversation, self._jobs), options=options)
        if not options.is_out_of_band:
            self._response = response
        self._responses.add(response)
        task = response.start()
        task.add_done_callback(lambda _: self._responses.discard(response))
        self._keep(task)

    def _start_transcription(self, item: Item, recording: Recording) -> None:
        self._pending[item] = len(recording.pcm)
        item.transcript = self._keep(asyncio.create_task(self._transcribe(item, recording)))
        item.recording = None
        item.transcript.add_done_callback(lambda _: self._pending.pop(item, None))

    def _check_pending(self, size: int) -> None:
        """Raise EventError while too much audio waits for its transcript."""
        if len(self._pending) >= MOST_PENDING or sum(self._pending.values()) + size > MOST_PENDING_BYTES:
            raise EventError("Too many turns wait for their transcripts. Wait for them, then continue.", code="too_many_pending_turns")

    async def _transcribe(self, item: Item, recording: Recording) -> None:
        try:
            async with self._transcribing:  # one after the other: transcripts come in the order of the turns
                await self._jobs.count_turn()
                made = await self._jobs.transcribe(recording, transcription=self._config.transcription or Transcription())
        except SocketClosedError:
            raise
        except Exception as raised:  # noqa: BLE001 - the edge of the task; as_application_error logs a bug
            item.error = as_application_error(raised)
            await self._send_transcription_failure(item, error_details(item.error))
            return
        item.text, item.language = made.text, made.language
        await self._send_transcript(item, seconds=recording.seconds)

    async def _send_transcription_failure(self, item: Item, failure: Mapping[str, Any]) -> None:
        if self._config.transcription is not None:
            name = "conversation.item.input_audio_transcription.failed"
            await self._sender.send(name, item_id=item.id, content_index=0, error=failure)

    async def _send_transcript(self, item: Item, *, seconds: float) -> None:
        if self._config.transcription is None:  # nobody asked to see it
            return
        name, place = "conversation.item.input_audio_transcription", {"item_id": item.id, "content_index": 0}
        if item.text:
            await self._sender.send(f"{name}.delta", **place, delta=item.text)
        usage = {"type": "duration", "seconds": round(seconds, 3)}
        await self._sender.send(f"{name}.completed", **place, transcript=item.text, usage=usage)

    def _keep(self, task: "asyncio.Task[None]") -> "asyncio.Task[None]":
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        task.cancelled() or task.exception()  # retrieved, else asyncio logs it: the client has left

"""WebSockets that speak text as it arrives: stream-input, and multi-stream-input with several contexts on one connection."""

import asyncio
import base64
import contextlib
import json
from typing import Any, Final

from apps.accounts.later_keys import KEY_SECONDS, admit_by_key
from apps.compat.elevenlabs.alignment import Aligner, Alignment
from apps.compat.elevenlabs.input_messages import InputMessage, InputOptions, read_message, read_options
from apps.core.errors import ApplicationError, AuthenticationFailedError, InvalidRequestError
from apps.core.sockets import Socket, SocketClosedError
from apps.text_streams.events import Finished, SentenceEnded, SentenceFailed, SentenceStarted, SpokenAudio
from apps.text_streams.sockets import read_while_writing
from apps.text_streams.stream import TextStream

MOST_CONTEXTS: Final = 5
"""Open contexts of a connection, as ElevenLabs has it."""
POLICY_VIOLATION: Final = 1008
SCOPE: Final = "tts:generate"
KEY_ADVICE: Final = "Send the key in the header xi-api-key, or as xi_api_key of the first message."


def closing_shape(error: ApplicationError, request_id: str) -> dict[str, Any]:
    """Message of an error that ends a connection."""
    return {"message": error.message, "error": error.code, "code": POLICY_VIOLATION, "param": error.param, "request_id": request_id}


async def serve_stream_input(socket: Socket) -> None:
    """One text: an empty `text` ends it; the last message has `isFinal`."""
    keyed = await _admit(socket)
    options = await socket.run(read_options, socket)
    first = keyed or await _receive(socket, options)
    async with _stream(socket, options, first=first) as stream:
        await read_while_writing(_read_text(socket, stream, options=options, first=first), _write_speech(socket, stream))


async def _admit(socket: Socket) -> InputMessage | None:
    """The first message, whose key admits a connection that was opened without one; None if the handshake had a key."""
    if socket.caller is not None:
        return None
    try:
        async with asyncio.timeout(KEY_SECONDS):
            first = read_message(await socket.receive())
    except TimeoutError:
        raise AuthenticationFailedError(f"No key came within {KEY_SECONDS:g} s. {KEY_ADVICE}", code="missing_api_key") from None
    if not first.key:
        raise AuthenticationFailedError(KEY_ADVICE, code="missing_api_key")
    await admit_by_key(socket, first.key, scope=SCOPE)
    return first


async def _read_text(socket: Socket, stream: TextStream, *, options: InputOptions, first: InputMessage) -> None:
    message = first
    while message.text != "" and not message.closes_socket:
        _feed(stream, message)
        message = await _receive(socket, options)
    stream.finish()


async def _receive(socket: Socket, options: InputOptions) -> InputMessage:
    try:
        async with asyncio.timeout(options.inactivity_seconds):
            return read_message(await socket.receive())
    except TimeoutError:
        message = f"No text arrived for {options.inactivity_seconds:g} seconds. Send text in time, or raise inactivity_timeout."
        raise InvalidRequestError(message, code="input_timeout_exceeded") from None


def _feed(stream: TextStream, message: InputMessage) -> None:
    if message.settings:
        stream.settings = message.adapt(stream.settings)
    if message.text and (message.text.strip() or stream.pending_characters):  # a connection begins with a space
        stream.feed(message.text)
    if message.is_flush:
        stream.flush()


def _stream(socket: Socket, options: InputOptions, *, first: InputMessage) -> TextStream:
    settings = first.adapt(options.speech)
    return TextStream(socket.exchange, socket.caller, settings=settings, form=options.form, request_id=socket.request_id)


async def _write_speech(socket: Socket, stream: TextStream, *, context: dict[str, str] | None = None) -> None:
    """Send the audio with its alignment. Raises the error of a sentence that is not spoken."""
    named, aligner = context or {}, Aligner()
    async for event in stream:
        match event:
            case SentenceStarted():
                aligner = Aligner(event.text, start=event.start)
            case SpokenAudio():
                await _send(socket, {**_speech(event.data, aligner.hear(event.words)), **named})
            case SentenceEnded():
                rest = aligner.finish(seconds=stream.seconds)
                if rest.characters:
                    await _send(socket, {**_speech(b"", rest), **named})
            case SentenceFailed():
                raise event.error
            case Finished():
                if event.data:
                    await _send(socket, {**_speech(event.data, Alignment()), **named})
                await _send(socket, {"audio": None, "isFinal": True, **named})


def _speech(data: bytes, alignment: Alignment) -> dict[str, Any]:
    times = alignment.socket_shape()
    return {"audio": base64.b64encode(data).decode(), "isFinal": None, "alignment": times, "normalizedAlignment": times}


async def _send(socket: Socket, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message, ensure_ascii=False))


class MultiInput:
    """Contexts of one connection, each a text of its own with its own audio."""

    def __init__(self, socket: Socket, options: InputOptions, *, tasks: asyncio.TaskGroup) -> None:
        self._socket = socket
        self._options = options
        self._tasks = tasks
        self._open: dict[str, TextStream] = {}
        """Contexts that take text."""
        self._speaking: set[asyncio.Task[None]] = set()

    async def read(self, first: InputMessage | None) -> None:
        """Take messages until the client closes the connection, and wait for the audio of all contexts. first: a message that was read."""
        message = first or read_message(await self._socket.receive())
        while not message.closes_socket:
            try:
                await self._take(message)
            except ApplicationError as error:
                await self._send_error(message.context_id, error)
            message = read_message(await self._socket.receive())
        for stream in self._open.values():
            stream.finish()
        if self._speaking:
            await asyncio.wait(self._speaking)

    def stop(self) -> None:
        """Stop all contexts, which would wait for text that is not read any more."""
        for task in self._speaking:
            task.cancel()

    async def _take(self, message: InputMessage) -> None:
        stream = self._open.get(message.context_id)
        if message.closes_context:
            if stream is not None:
                del self._open[message.context_id]
                stream.finish()
            return
        if stream is None:
            stream = await self._begin(message)
        _feed(stream, message)

    async def _begin(self, message: InputMessage) -> TextStream:
        if len(self._speaking) >= MOST_CONTEXTS:
            text = f"At most {MOST_CONTEXTS} contexts may be open or speaking on a connection. Close one before you open the next."
            raise InvalidRequestError(text, code="too_many_contexts", param="context_id")
        stream = _stream(self._socket, self._options, first=message)
        entered = asyncio.get_running_loop().create_future()
        task = self._tasks.create_task(self._speak(message.context_id, stream, entered=entered))
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)
        await entered
        self._open[message.context_id] = stream
        return stream

    async def _speak(self, context_id: str, stream: TextStream, *, entered: "asyncio.Future[None]") -> None:
        """Speak one context to its end. An error ends the context alone."""
        try:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    await stack.enter_async_context(stream)
                except ApplicationError as error:
                    entered.set_exception(error)
                    return
                entered.set_result(None)
                await _write_speech(self._socket, stream, context={"contextId": context_id})
        except ApplicationError as error:
            await self._send_error(context_id, error)
        except SocketClosedError:
            pass
        finally:
            if self._open.get(context_id) is stream:
                del self._open[context_id]

    async def _send_error(self, context_id: str, error: ApplicationError) -> None:
        with contextlib.suppress(SocketClosedError):
            await _send(self._socket, {"contextId": context_id, "error": error.message, "code": error.code})


async def serve_multi_stream_input(socket: Socket) -> None:
    """Several texts, distinguished by `context_id`."""
    first = await _admit(socket)
    options = await socket.run(read_options, socket)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(_read_contexts(MultiInput(socket, options, tasks=tasks), first=first))
        error = await reading
    if error is not None:
        raise error


async def _read_contexts(contexts: MultiInput, *, first: InputMessage | None) -> ApplicationError | None:
    """The error that ends the connection: the group would wrap it."""
    try:
        await contexts.read(first)
    except ApplicationError as error:
        contexts.stop()
        return error
    return None

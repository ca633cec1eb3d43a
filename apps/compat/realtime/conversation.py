"""The conversation of a session: its items, in order and bounded."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from apps.compat.realtime.audio_formats import SAMPLE_RATES, decode_audio, decode_base64
from apps.compat.realtime.client_events import check_id
from apps.compat.realtime.errors import EventError, invalid_value, new_id
from apps.compat.realtime.input_buffer import LONGEST_SECONDS
from apps.core.errors import ApplicationError
from apps.live_speech.speech_buffer import Recording
from workers.contract.transcription import Turn

MOST_ITEMS: Final = 500
"""Items of a conversation; the oldest ones beyond it are forgotten."""
MOST_STORED_CHARACTERS: Final = 200_000
MOST_PARTS: Final = 32
LONGEST_TEXT: Final = 16_000
MOST_TURNS: Final = 40
MOST_CHARACTERS: Final = 8000
"""Latest turns that a responder is sent, as in /v1/voice-chat/."""
ROLES: Final = ("user", "assistant", "system")
TYPES: Final = ("message", "function_call", "function_call_output")
TEXT_PARTS: Final = ("input_text", "output_text", "text")
AUDIO_PARTS: Final = ("input_audio", "output_audio", "audio")
ROOT: Final = "root"


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """Word of an answer's audio."""

    text: str
    """The word with the space and punctuation around it, as the answer has them."""
    end_ms: int
    """End in the answer's audio."""


@dataclass(slots=True, eq=False)
class Item:
    """Item of a conversation."""

    id: str
    type: str = "message"
    role: str = "user"
    text: str = ""
    """Text or transcript; empty until recorded audio is transcribed."""
    language: str = ""
    """Language of a transcript; empty if unknown."""
    is_audio: bool = False
    status: str = "completed"
    recording: Recording | None = None
    """Audio of the user until it is transcribed."""
    transcript: "asyncio.Task[None] | None" = None
    """Transcription in progress, after which `text` is the transcript."""
    audio_ms: float = 0.0
    """Duration of an answer's audio as sent."""
    words: list[SpokenWord] = field(default_factory=list)
    call: dict[str, Any] = field(default_factory=dict)
    """call_id, name, arguments and output of items of functions."""
    error: ApplicationError | None = None
    """Reason why the audio has no transcript."""

    def shape(self, *, is_beta: bool) -> dict[str, Any]:
        shape: dict[str, Any] = {"id": self.id, "object": "realtime.item", "type": self.type, "status": self.status}
        if self.type != "message":
            return shape | self.call
        return shape | {"role": self.role, "content": self._content(is_beta=is_beta)}

    def _content(self, *, is_beta: bool) -> list[dict[str, Any]]:
        if self.role == "assistant":
            if not self.text and self.status == "in_progress":
                return []
            kind = ("audio" if self.is_audio else "text") if is_beta else ("output_audio" if self.is_audio else "output_text")
            return [{"type": kind, "transcript" if self.is_audio else "text": self.text}]
        if self.is_audio:
            return [{"type": "input_audio", "transcript": self.text or None}]
        return [{"type": "input_text", "text": self.text}]

    def truncate(self, *, audio_end_ms: int) -> None:
        """Forget what was not heard: the words after this time."""
        heard = [word for word in self.words if word.end_ms <= audio_end_ms]
        self.words, self.audio_ms = heard, min(self.audio_ms, float(audio_end_ms))
        self.text = "".join(word.text for word in heard).strip()


class Conversation:
    """Items in order."""

    def __init__(self) -> None:
        self.id = new_id("conv")
        self._items: dict[str, Item] = {}

    def __iter__(self) -> Iterator[Item]:
        return iter(tuple(self._items.values()))

    @property
    def last_id(self) -> str | None:
        return next(reversed(self._items), None)

    def add(self, item: Item, *, after: str | None = None) -> str | None:
        """Add an item at the end, after another one or (`root`) at the beginning; returns the id of the item before it. Raises EventError."""
        if item.id in self._items:
            raise EventError(
                f"Error adding item: an item with the id {item.id!r} already exists.", code="item_create_duplicate_item_id", param="item.id"
            )
        if after is not None and after != ROOT and after not in self._items:
            raise EventError(
                f"Error adding item: the previous item with the id {after!r} does not exist.",
                code="item_create_invalid_previous_item_id",
                param="previous_item_id",
            )
        previous = self.last_id if after is None else (None if after == ROOT else after)
        ordered = list(self._items.values())
        place = 0 if previous is None else list(self._items).index(previous) + 1
        ordered.insert(place, item)
        self._items = {one.id: one for one in _latest(ordered)}
        return previous if previous in self._items else None

    def get(self, item_id: str, *, action: str) -> Item:
        """The item. Raises EventError with OpenAI's code for the action: retrieve, truncate, delete."""
        item = self._items.get(item_id)
        if item is None:
            message = f"Error on item {action}: there is no item with the id {item_id[:100]!r}."
            raise EventError(message, code=f"item_{action}_invalid_item_id", param="item_id")
        return item

    def find(self, item_id: str) -> Item | None:
        return self._items.get(item_id)

    def remove(self, item: Item) -> None:
        self._items.pop(item.id, None)


def read_item(given: Mapping[str, Any], *, input_format: str) -> Item:
    """Item of `conversation.item.create` or of the input of a response. Raises EventError."""
    kind = given.get("type", "message")
    if kind not in TYPES:
        raise invalid_value("item.type", f"{str(kind)[:100]!r}; expected one of {', '.join(TYPES)}.")
    item_id = check_id(given.get("id"), param="item.id") or new_id("item")
    if kind != "message":
        names = ("call_id", "name", "arguments") if kind == "function_call" else ("call_id", "output")
        return Item(item_id, type=kind, call={name: _bounded(given.get(name) or "", param=f"item.{name}") for name in names})
    role = given.get("role")
    if role not in ROLES:
        raise invalid_value("item.role", f"{str(role)[:100]!r}; expected one of {', '.join(ROLES)}.")
    item = Item(item_id, role=role)
    _read_content(item, given.get("content"), input_format=input_format)
    return item


def history_of(items: Sequence[Item]) -> tuple[Turn, ...]:
    """Turns for a responder: the latest ones that fit, oldest first; those of one role that follow each other are joined."""
    turns: list[Turn] = []
    for item in items:
        if item.type != "message" or not item.text.strip():
            continue
        role = "assistant" if item.role == "assistant" else "user"
        if turns and turns[-1].role == role:
            turns[-1] = Turn(role, f"{turns[-1].content}\n{item.text}")
        else:
            turns.append(Turn(role, item.text))
    kept: list[Turn] = []
    characters = 0
    for turn in reversed(turns[-MOST_TURNS:]):
        characters += len(turn.content)
        if kept and characters > MOST_CHARACTERS:
            break
        kept.insert(0, turn)
    return tuple(kept)


def _latest(items: Sequence[Item]) -> list[Item]:
    """The latest items within the limits, at least one."""
    kept: list[Item] = []
    characters = 0
    for item in reversed(items[-MOST_ITEMS:]):
        characters += len(item.text) + sum(len(value) for value in item.call.values())
        if kept and characters > MOST_STORED_CHARACTERS:
            break
        kept.insert(0, item)
    return kept


def _read_content(item: Item, content: Any, *, input_format: str) -> None:
    if not isinstance(content, list) or not 0 < len(content) <= MOST_PARTS or not all(isinstance(part, dict) for part in content):
        raise invalid_value("item.content", f"expected a list of 1 to {MOST_PARTS} content parts.")
    texts = []
    for index, part in enumerate(content):
        kind, param = part.get("type"), f"item.content[{index}]"
        if kind in TEXT_PARTS:
            texts.append(_bounded(part.get("text") or "", param=f"{param}.text"))
        elif kind in AUDIO_PARTS and isinstance(part.get("transcript"), str):
            texts.append(_bounded(part["transcript"], param=f"{param}.transcript"))
            item.is_audio = True
        elif kind == "input_audio" and item.role == "user":
            item.is_audio, item.recording = True, _read_recording(part.get("audio"), input_format=input_format)
        else:
            raise invalid_value(f"{param}.type", f"{str(kind)[:100]!r} of a {item.role} message; text and audio are read.")
    item.text = "\n".join(texts)


def _read_recording(audio: Any, *, input_format: str) -> Recording:
    samples = decode_audio(decode_base64(audio), name=input_format)
    recording = Recording(samples.tobytes(), SAMPLE_RATES[input_format])
    if recording.seconds > LONGEST_SECONDS:
        raise invalid_value("item.content", f"{recording.seconds:.0f} seconds of audio; at most {LONGEST_SECONDS:.0f}.")
    return recording


def _bounded(value: Any, *, param: str) -> str:
    if not isinstance(value, str):
        raise EventError(f"Invalid type for {param!r}: expected a string.", code="invalid_type", param=param)
    if len(value) > LONGEST_TEXT:
        raise invalid_value(param, f"{len(value)} characters; at most {LONGEST_TEXT}.")
    return value

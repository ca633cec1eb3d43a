"""Options of `response.create`, on top of the session's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from apps.compat.realtime.configuration import SessionConfig
from apps.compat.realtime.configuration_parsing import update_config
from apps.compat.realtime.conversation import Conversation, Item, read_item
from apps.compat.realtime.errors import EventError, invalid_value

MOST_METADATA: Final = 16
LONGEST_METADATA: Final = 512
MOST_INPUTS: Final = 100
OPTIONS: Final = ("instructions", "modalities", "output_modalities", "voice", "output_audio_format", "tool_choice", "speed")


@dataclass(frozen=True, slots=True)
class ResponseOptions:
    config: SessionConfig
    instructions: str | None = None
    """Instructions of this response alone; None for the session's."""
    metadata: dict[str, str] | None = None
    is_out_of_band: bool = False
    """True if the answer is not added to the conversation."""
    input: tuple[Item, ...] | None = None
    """Items to answer in place of the conversation's."""


def read_options(config: SessionConfig, response: Any, *, conversation: Conversation) -> ResponseOptions:
    """Options of a `response.create` event. Raises EventError."""
    if response is None:
        return ResponseOptions(config)
    if not isinstance(response, dict):
        raise EventError("Invalid type for 'response': expected an object.", code="invalid_type", param="response")
    given = {name: response[name] for name in OPTIONS if name in response}
    audio = response.get("audio")
    if isinstance(audio, dict) and "output" in audio:
        given["audio"] = {"output": audio["output"]}
    asked = update_config(config, given, root="response")
    place = response.get("conversation")
    if place not in (None, "auto", "none"):
        raise invalid_value("response.conversation", "expected auto or none.")
    return ResponseOptions(
        asked,
        instructions=asked.instructions if response.get("instructions") is not None else None,
        metadata=_read_metadata(response.get("metadata")),
        is_out_of_band=place == "none",
        input=_read_input(response.get("input"), config=config, conversation=conversation),
    )


def _read_metadata(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    is_valid = isinstance(value, dict) and len(value) <= MOST_METADATA and all(_is_short(one) for one in (*value, *value.values()))
    if not is_valid:
        raise invalid_value("response.metadata", f"expected at most {MOST_METADATA} strings of at most {LONGEST_METADATA} characters.")
    return dict(value)


def _is_short(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_METADATA


def _read_input(value: Any, *, config: SessionConfig, conversation: Conversation) -> tuple[Item, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_INPUTS or not all(isinstance(one, dict) for one in value):
        raise invalid_value("response.input", f"expected a list of at most {MOST_INPUTS} items.")
    return tuple(_read_input_item(one, config=config, conversation=conversation) for one in value)


def _read_input_item(given: Mapping[str, Any], *, config: SessionConfig, conversation: Conversation) -> Item:
    if given.get("type") == "item_reference":
        item_id = given.get("id")
        if not isinstance(item_id, str):
            raise invalid_value("response.input", "an item_reference has the id of an item.")
        return conversation.get(item_id, action="retrieve")
    item = read_item(given, input_format=config.input_format)
    if item.recording is not None:
        raise invalid_value(
            "response.input", "audio is read in the conversation alone. Add it by conversation.item.create, then refer to it."
        )
    return item

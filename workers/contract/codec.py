"""Converts frozen dataclasses to JSON-ready dictionaries and back: unknown keys are ignored, missing ones take their defaults.

A field that was renamed keeps its old key by `field(metadata=written_as("…"))`: messages and documents in flight during a deploy have it.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Final, Self

KEY: Final = "key"
PLAIN_TYPES: Final = frozenset({str, int, float, bool, type(None)})


def written_as(key: str) -> dict[str, str]:
    """Metadata of a field whose key in JSON is not its name."""
    return {KEY: key}


class Message:
    """Base of every message. Subclasses are frozen dataclasses of plain values, other messages and tuples of either."""

    KINDS: ClassVar[frozenset[str]] = frozenset()
    """Values of the field `kind` that identify this message in a union of messages."""

    _hints: ClassVar[dict[str, Any] | None] = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for json.dumps."""
        return {key: _encode(getattr(self, name)) for name, key in _field_keys(type(self))}  # type: ignore[arg-type]  # mypy takes the class for its instances

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Decode a message of another version. Raises TypeError if a key without default is missing."""
        if cls.__dict__.get("_hints") is None:
            cls._hints = typing.get_type_hints(cls)
        hints = cls._hints or {}
        return cls(**{name: _decode(hints[name], data[key]) for name, key in _field_keys(cls) if key in data})  # type: ignore[arg-type]


@cache
def _field_keys(message: type[Message]) -> tuple[tuple[str, str], ...]:
    """Names of the fields with their keys in JSON."""
    return tuple((field.name, field.metadata.get(KEY, field.name)) for field in dataclasses.fields(message))  # type: ignore[arg-type]


def _encode(value: Any) -> Any:
    if type(value) in PLAIN_TYPES:  # nearly all values: a long text with markup has a million
        return value
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    return value


def _choose_member(members: list[Any], value: Any) -> Any:
    """Member of a union for the value: the only one, or the message with the value's `kind`. Raises TypeError."""
    if len(members) == 1:
        return members[0]
    kind = value.get("kind") if isinstance(value, Mapping) else None
    for member in members:
        if kind in member.KINDS:
            return member
    raise TypeError(f"kind {kind!r} is none of {sorted(kind for member in members for kind in member.KINDS)}")


def _decode(hint: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        return _decode(_choose_member([member for member in arguments if member is not type(None)], value), value)
    if origin is tuple:
        return tuple(_decode(arguments[0], item) for item in value)
    if isinstance(hint, type) and issubclass(hint, Message):
        return hint.from_dict(value)
    if hint is float and isinstance(value, int):
        return float(value)
    return value

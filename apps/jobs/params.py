"""Parameters of a job, typed by its kind and stored as JSON in its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self, TypeVar

from workers.contract.codec import Message

T = TypeVar("T")

_FORGOTTEN = "is_forgotten"


FORGOTTEN = {_FORGOTTEN: True}
"""Metadata of a field that retention removes with the job's result: texts, and whatever may quote or identify them."""


def forgotten(default: T) -> T:
    """Default of a field that retention removes, for an immutable value."""
    made: T = field(default=default, metadata=FORGOTTEN)
    return made


@dataclass(frozen=True, kw_only=True)
class JobParams(Message):
    """Parameters that a job of any kind may have. Every field has a default, so that rows of earlier versions can be read."""

    asked_model: str = ""
    """Model named in the request; empty unless another model does the work."""
    warnings: tuple[str, ...] = forgotten(())
    """Requested settings that were not followed."""
    has_credentials: bool = False
    """True if the result is signed with content credentials."""

    @classmethod
    def from_row(cls, stored: Mapping[str, Any]) -> Self:
        """Read the JSON of a row: unknown keys are ignored, a missing or null one has its default."""
        return cls.from_dict({name: value for name, value in stored.items() if value is not None})

    def to_row(self) -> dict[str, Any]:
        """JSON for the row. The fields that every kind has are left out where they are empty."""
        return {name: value for name, value in self.to_dict().items() if value or name not in JobParams.__dataclass_fields__}

    @classmethod
    def without_forgotten(cls, stored: Mapping[str, Any]) -> dict[str, Any]:
        """JSON of a row without the fields that retention removes, and without those that no version of the kind declares."""
        return {one.name: stored[one.name] for one in fields(cls) if one.name in stored and not one.metadata.get(_FORGOTTEN)}


@dataclass(frozen=True, kw_only=True)
class SpokenParams(JobParams):
    """Parameters of a job whose result is speech."""

    text: str = forgotten("")
    model: str = ""
    """Id of the speech model."""
    voice: str = ""
    language: str = ""
    """Tag of the requested language; empty if the worker detects it."""
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordingParams(JobParams):
    """Parameters of a job with a recording."""

    source: str = forgotten("")
    """Object key of the recording, which contains its digest. It is released at the job's end."""
    further_sources: tuple[str, ...] = forgotten(())
    """Object keys of further recordings, released with it."""
    seconds: float = 0.0

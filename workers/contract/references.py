"""References to objects in the store: as in a plan, as in a part's row, and as a worker reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Final, Literal

from workers.contract.codec import Message


@dataclass(frozen=True, slots=True)
class Address(Message):
    """Location to read or write one object: a path below the shared folder, or a presigned URL (GET or PUT). The only kind that workers get."""

    KINDS: ClassVar = frozenset({"folder", "url"})

    kind: str
    """`folder` or `url`."""
    location: str


@dataclass(frozen=True, slots=True)
class StoredObject(Message):
    """An object of the store by its key. Becomes an Address when its part is sent to a worker."""

    KINDS: ClassVar = frozenset({"stored_object"})

    key: str
    kind: Literal["stored_object"] = "stored_object"


@dataclass(frozen=True, slots=True)
class PartOutput(Message):
    """Named output of an earlier part of the same job. Becomes a StoredObject when the reading part's stage opens.

    A reference to an optional output that was not stored becomes None.
    """

    KINDS: ClassVar = frozenset({"part_output"})

    index: int
    name: str
    kind: Literal["part_output"] = "part_output"


Reference = Address | StoredObject | PartOutput

REFERENCE_TYPES: Final[tuple[type[StoredObject | PartOutput], ...]] = (StoredObject, PartOutput)
"""References that the platform replaces in a serialised work message."""


def replace_references(work: Any, replace: Callable[[StoredObject | PartOutput], Reference | None]) -> Any:
    """Replace each StoredObject and PartOutput in a serialised work message, at any depth, by the result of `replace`."""
    if isinstance(work, Mapping):
        if (found := _read_reference(work)) is not None:
            new = replace(found)
            return new.to_dict() if new is not None else None
        return {name: replace_references(value, replace) for name, value in work.items()}
    if isinstance(work, list):
        return [replace_references(item, replace) for item in work]
    return work


def _read_reference(value: Mapping[str, Any]) -> StoredObject | PartOutput | None:
    """The reference that a dictionary represents; None for any other dictionary."""
    kind = value.get("kind")
    for reference in REFERENCE_TYPES:
        if isinstance(kind, str) and kind in reference.KINDS and value.keys() == {field.name for field in fields(reference)}:
            return reference.from_dict(value)
    return None

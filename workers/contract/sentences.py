"""Cache of sentences on the disks of the workers: its use by a part, and purges."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from workers.contract.codec import Message
from workers.contract.time_units import DAY_SECONDS

LONGEST_KEPT_SECONDS: Final = 30 * DAY_SECONDS
"""Longest time for which a worker keeps a sentence after its last use."""


@dataclass(frozen=True, slots=True)
class SentenceCaching(Message):
    """Use of cached sentences by a part. Sentences are kept by tenant: one account's are never another's."""

    kept_seconds: int
    """Time after the last use: the retention of the account's plan, at most LONGEST_KEPT_SECONDS."""
    is_read: bool = True
    """False if the request wants its own computation."""


@dataclass(frozen=True, slots=True)
class SentencePurgeMessage:
    """Order to delete the sentences of a tenant, a voice and an engine that were cached before a time."""

    tenant: str
    """Empty for all."""
    voice: str
    """Empty for all."""
    engine: str
    """Empty for all."""
    purged_at: float
    """Unix seconds."""

    def to_fields(self) -> dict[Any, Any]:
        """Fields of an entry of the stream SENTENCE_PURGES."""
        return {"tenant": self.tenant, "voice": self.voice, "engine": self.engine, "purged_at": self.purged_at}

    @classmethod
    def from_fields(cls, fields: Mapping[bytes, bytes]) -> Self:
        """Raises KeyError or ValueError for an invalid entry."""
        return cls(fields[b"tenant"].decode(), fields[b"voice"].decode(), fields[b"engine"].decode(), float(fields[b"purged_at"]))

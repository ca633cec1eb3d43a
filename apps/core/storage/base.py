"""Interface of an object store, and its valid keys."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from apps.core.errors import NotFoundError, UnavailableError
from workers.contract.references import Address
from workers.contract.time_units import HOUR_SECONDS

ADDRESS_SECONDS = 6 * HOUR_SECONDS
"""Lifetime of a worker's presigned URL: as long as a job may be queued. URLs are renewed with the lease."""
PUBLIC_URL_SECONDS = HOUR_SECONDS

_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,7}}")


class MissingObjectError(NotFoundError):
    code = "object_missing"


class StorageAwayError(UnavailableError):
    """The store does not answer, or refuses."""

    code = "storage_unavailable"


@dataclass(frozen=True, slots=True)
class ObjectStat:
    bytes: int


class ReadableStream(Protocol):
    """Common part of both stores' open files."""

    def read(self, size: int, /) -> bytes:
        """Read the next bytes; empty at the end."""

    def close(self) -> None:
        """Close the file or the connection."""


class Storage(Protocol):
    """Objects by key. Every method raises StorageAwayError if the store does not answer; a put is atomic."""

    def create(self) -> None:
        """Create what the operator need not create, before the first start."""

    def check(self) -> None:
        """Check that the store answers."""

    def put_file(self, key: str, path: Path, *, content_type: str) -> None: ...

    def put_bytes(self, key: str, data: bytes, *, content_type: str) -> None: ...

    def copy(self, key: str, target: str) -> None:
        """Copy an object under another key. Raises MissingObjectError."""

    def read_bytes(self, key: str) -> bytes:
        """Read an object. Raises MissingObjectError."""

    def open_stream(self, key: str) -> ReadableStream:
        """Open an object for reading in chunks; the caller closes it. Raises MissingObjectError."""

    def stat(self, key: str) -> ObjectStat | None:
        """Properties of an object; None if it does not exist."""

    def delete(self, key: str) -> None:
        """Delete an object; idempotent."""

    def delete_prefix(self, prefix: str) -> None:
        """Delete all objects below a folder's key."""

    def reading_address(self, key: str) -> Address:
        """Address from which a worker reads the object."""

    def writing_address(self, key: str, *, content_type: str) -> Address:
        """Address to which a worker writes the object."""

    def public_url(self, key: str, *, file_name: str, content_type: str) -> str | None:
        """Presigned URL for a client; None if the platform sends the file itself."""

    def public_writing_url(self, key: str, *, size: int, content_type: str, seconds: int) -> str | None:
        """Presigned URL where a client writes exactly `size` bytes; None if the platform receives the file itself."""

    def local_path(self, key: str) -> Path | None:
        """Local path of the object; None for a remote store."""


def check_key(key: str) -> str:
    """Validate a key: plain segments between slashes, none of which starts with a dot, so that it cannot leave the store."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of the object store: {key!r}")
    return key

"""Interface of a store, and the keys that it takes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from apps.core.errors import NotFoundError, UnavailableError
from workers.contract.references import Address

ADDRESS_SECONDS = 6 * 3600
"""Lifetime of a worker's presigned URL: as long as a job may be queued. URLs are renewed with the lease."""
PUBLIC_URL_SECONDS = 3600

_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,7}}")


class MissingObjectError(NotFoundError):
    """No object has this key."""

    code = "object_missing"


class StorageAwayError(UnavailableError):
    """The store does not answer, or refuses."""

    code = "storage_unavailable"


@dataclass(frozen=True, slots=True)
class ObjectStat:
    """The properties of an object that are known without reading it."""

    bytes: int


class ReadableStream(Protocol):
    """The part of an open file that both stores have."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""

    def close(self) -> None:
        """Lets go of the file or the connection."""


class Storage(Protocol):
    """Objects by key. Everything raises StorageAwayError when the store does not answer; a put is whole or not there."""

    def check(self) -> None:
        """Asks the store for a sign of life."""

    def put_file(self, key: str, path: Path, *, content_type: str) -> None:
        """Stores a copy of the file."""

    def put_bytes(self, key: str, data: bytes, *, content_type: str) -> None:
        """Stores the bytes."""

    def read_bytes(self, key: str) -> bytes:
        """The object. Raises MissingObjectError."""

    def open_stream(self, key: str) -> ReadableStream:
        """The object, to be read in chunks and closed. Raises MissingObjectError."""

    def stat(self, key: str) -> ObjectStat | None:
        """None when there is no such object."""

    def delete(self, key: str) -> None:
        """Removes the object; nothing happens when there is none."""

    def delete_prefix(self, prefix: str) -> None:
        """Removes all objects below the prefix, a key of a folder."""

    def reading_address(self, key: str) -> Address:
        """The address at which a worker reads the object."""

    def writing_address(self, key: str, *, content_type: str) -> Address:
        """The address at which a worker writes the object."""

    def public_url(self, key: str, *, file_name: str, content_type: str) -> str | None:
        """A presigned address for a client; None where the platform sends the file itself."""

    def public_writing_url(self, key: str, *, size: int, content_type: str, seconds: int) -> str | None:
        """A presigned address where a client writes exactly `size` bytes; None where the platform takes the file itself."""

    def local_path(self, key: str) -> Path | None:
        """The object as a file of this machine; None for a remote store."""


def check_key(key: str) -> str:
    """The key, when it can name nothing outside the store: plain segments between slashes, none of which starts with a dot."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key of the object store: {key!r}")
    return key

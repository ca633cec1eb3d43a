"""ZIP archives that are made while they are sent."""

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import IO, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from apps.core.streamed_files import CHUNK_BYTES

NO_COMPRESSION: Final = 0
"""Deflate without compression: audio hardly shrinks, and many readers refuse plain entries whose length is written after them."""
LARGEST_KNOWN: Final = 1 << 31
"""Size to assume of an entry of unknown size, so that its length has 64 bits if it needs them."""


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """File of an archive."""

    name: str
    chunks: Iterable[bytes]
    size: int = LARGEST_KNOWN
    """Decides whether the entry needs 64 bits."""


def zip_chunks(entries: Iterable[ArchiveEntry]) -> Generator[bytes]:
    """Bytes of the archive, in memory bounded by a chunk."""
    sink = _Sink()
    with ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED, compresslevel=NO_COMPRESSION) as archive:
        for entry in entries:
            header = ZipInfo(entry.name, date_time=time.gmtime()[:6])
            header.compress_type = ZIP_DEFLATED
            header.file_size = entry.size
            with archive.open(header, "w") as target:
                for data in entry.chunks:
                    target.write(data)
                    if sink.size >= CHUNK_BYTES:
                        yield sink.take()
    yield sink.take()


class _Sink:
    """File without positions, so that ZipFile writes lengths after the data."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None: ...

    def take(self) -> bytes:
        data = b"".join(self._chunks)
        self._chunks.clear()
        self.size = 0
        return data

"""File that tells how much of it was read, for progress bars of uploads."""

from collections.abc import AsyncIterator, Callable
from typing import IO, Final

CHUNK_BYTES: Final = 1 << 18


class CountedFile:
    """Binary file for a request: read in pieces, from its start whenever a request is repeated."""

    def __init__(self, file: IO[bytes], *, size: int, on_read: Callable[[int], None]) -> None:
        """on_read: called with the number of bytes read so far."""
        self._file = file
        self.size = size
        self._on_read = on_read
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._count += len(data)
        self._on_read(self._count)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        position = self._file.seek(offset, whence)
        self._count = position
        return position

    def tell(self) -> int:
        return self._file.tell()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The whole file from its start."""
        self.seek(0)
        while data := self.read(CHUNK_BYTES):
            yield data

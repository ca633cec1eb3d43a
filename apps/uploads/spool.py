"""Spool of incoming bytes: an unnamed file in $TTSAI_HOME/tmp. The kernel deletes it when no process holds it, even after SIGKILL."""

import asyncio
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, cast

from django.conf import settings

from apps.core import retry_after
from apps.core.disk import is_reserve_reached
from apps.core.errors import StorageFullError

COPIED_BYTES: Final = 1 << 20
FLUSH_BYTES: Final = 1 << 18
"""Bytes that a SpoolWriter collects before a thread writes them: a thread hop for each network chunk would cost more than the write."""
DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


class Spool:
    """Spooled file and context manager. Every write that the disk refuses raises StorageFullError."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    @classmethod
    def new(cls) -> Self:
        """Create an empty spool."""
        with translate_disk_errors():
            return cls(cast("BinaryIO", tempfile.TemporaryFile(dir=_folder())))

    @classmethod
    def of(cls, source: Any) -> Self:
        """Wrap the rest of an open file: a file on disk is shared without copying, so its owner may close it."""
        try:
            number = os.dup(source.fileno())
        except (AttributeError, OSError, ValueError):  # bytes in memory
            spool = cls.new()
            with translate_disk_errors():
                shutil.copyfileobj(source, spool.file, COPIED_BYTES)
                spool.file.flush()
            return spool
        return cls(os.fdopen(number, "r+b"))

    @property
    def path(self) -> Path:
        """Path that is valid in this process while the file is open."""
        return Path(f"/dev/fd/{self.file.fileno()}")

    @property
    def size(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    def write(self, data: bytes | bytearray) -> None:
        """Append data. Raises StorageFullError before it uses the disk reserve."""
        check_disk(len(data))
        with translate_disk_errors():
            self.file.write(data)

    def finish(self) -> None:
        with translate_disk_errors():
            self.file.flush()

    def sha256(self) -> str:
        """SHA-256 of the whole content, 64 hex digits."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()  # type: ignore[arg-type]  # any open file has readinto

    def close(self) -> None:
        """Close the file, which frees the disk space."""
        self.file.close()

    @contextmanager
    def closed_on_error(self) -> Iterator[Self]:
        """Close the file if the block ends with an error; otherwise whoever gets it does."""
        try:
            yield self
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class SpoolWriter:
    """Writes a spool from an event loop. A thread writes the collected bytes, so that a slow disk does not block the loop.

    The file is created by the first write: a writer without data holds no file descriptor.
    """

    def __init__(self) -> None:
        self._spool: Spool | None = None
        self._pending = bytearray()

    async def add(self, data: bytes) -> None:
        """Append data. Raises StorageFullError."""
        self._pending += data
        if len(self._pending) >= FLUSH_BYTES:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> Spool:
        """Write the rest and return the spool, which the caller closes. Raises StorageFullError."""
        await asyncio.to_thread(self._flush)
        assert self._spool is not None  # noqa: S101 - _flush made it
        spool, self._spool = self._spool, None
        return spool

    def close(self) -> None:
        """Discard the spool, unless finish returned it."""
        if self._spool is not None:
            self._spool.close()

    def _flush(self) -> None:
        if self._spool is None:
            self._spool = Spool.new()
        self._spool.write(self._pending)
        self._spool.finish()
        self._pending = bytearray()


def check_disk(wanted_bytes: int = 0) -> None:
    """Raise StorageFullError if so many bytes would reach into the disk reserve."""
    with translate_disk_errors():
        is_full = is_reserve_reached(wanted_bytes)
    if is_full:
        raise _full()


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Translate disk errors into server errors that say so."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise _full() from error


def _full() -> StorageFullError:
    return StorageFullError("The server's disk is full at the moment. Try again later.", headers={"Retry-After": retry_after.DISK_FULL})


def _folder() -> Path:
    folder = Path(settings.TTSAI_HOME) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

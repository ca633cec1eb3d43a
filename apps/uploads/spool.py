"""Spool of incoming bytes: an unnamed file in $TTSAI_HOME/tmp. The kernel deletes it when no process holds it, even after SIGKILL."""

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

from apps.core.disk import is_reserve_reached
from apps.core.errors import StorageFullError

COPIED_BYTES: Final = 1 << 20
DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG})


class Spool:
    """Spooled file and context manager. Every write that the disk refuses raises StorageFullError."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    @classmethod
    def new(cls) -> Self:
        """Create an empty spool."""
        with disk_errors_told():
            return cls(cast("BinaryIO", tempfile.TemporaryFile(dir=_folder())))

    @classmethod
    def of(cls, source: Any) -> Self:
        """Wrap the rest of an open file: a file on disk is shared without copying, so its owner may close it."""
        try:
            number = os.dup(source.fileno())
        except (AttributeError, OSError, ValueError):  # bytes in memory
            spool = cls.new()
            with disk_errors_told():
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
        """Size in bytes."""
        return os.fstat(self.file.fileno()).st_size

    def write(self, data: bytes) -> None:
        """Append data. Raises StorageFullError before it uses the disk reserve."""
        check_disk(len(data))
        with disk_errors_told():
            self.file.write(data)

    def finish(self) -> None:
        """Finish writing."""
        with disk_errors_told():
            self.file.flush()

    def sha256(self) -> str:
        """SHA-256 of the whole content, 64 hex digits."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()  # type: ignore[arg-type]  # any open file has readinto

    def close(self) -> None:
        """Close the file, which frees the disk space."""
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def check_disk(wanted_bytes: int = 0) -> None:
    """Raise StorageFullError if so many bytes would reach into the disk reserve."""
    with disk_errors_told():
        is_full = is_reserve_reached(wanted_bytes)
    if is_full:
        raise _full()


@contextmanager
def disk_errors_told() -> Iterator[None]:
    """Translate disk errors into server errors that say so."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_ERRORS:
            raise
        raise _full() from error


def _full() -> StorageFullError:
    return StorageFullError("The server has no room for the file at the moment. Try again later.", headers={"Retry-After": "60"})


def _folder() -> Path:
    folder = Path(settings.TTSAI_HOME) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""Request bodies: limited before they are buffered, spooled to disk beyond a megabyte, with a timeout."""

import asyncio
import io
import tempfile
import time
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

from apps.core import retry_after
from apps.core.deferred import Receive, Scope
from apps.core.errors import ApplicationError, InvalidRequestError, StorageFullError
from apps.uploads.spool import check_disk

SPOOL_BYTES = 1 << 20
FLUSH_BYTES = 1 << 18
"""Bytes collected beyond SPOOL_BYTES before a thread writes them: a write per small chunk would cost more than the disk."""

UNREAD_BYTES = "ttsai.unread_bytes"
"""Key of the scope: function that returns what the connection received but the reader did not; ASGI's disconnect hides it."""


class Body(NamedTuple):
    """Complete body, or the beginning of one for a route that keeps it."""

    file: BinaryIO
    size: int
    cut_by: ApplicationError | None = None
    """Reason for which the rest did not arrive."""


class ClientLeftError(InvalidRequestError):
    """The connection was lost before the body was complete: nobody can be answered."""

    code = "incomplete_body"

    def __init__(self) -> None:
        super().__init__("The connection was lost before the body was complete.")


class BodyTooLargeError(InvalidRequestError):
    status = 413
    code = "request_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than this endpoint's limit of {limit:,} bytes.")


class BodyTooSlowError(InvalidRequestError):
    """The body did not arrive, or too slowly."""

    status = 408
    code = "request_timeout"

    def __init__(self) -> None:
        super().__init__("The body did not arrive in time.", headers={"Connection": "close"})


def declared_length(scope: Scope) -> int | None:
    """Content-Length; 0 without a body, None for a chunked one, whose length is only known at its end."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            length = int(value)
        elif name == b"transfer-encoding":
            return None
    return length


async def read_body(scope: Scope, receive: Receive, *, limit: int, keeps_beginning: bool = False) -> Body:
    """Read the whole body. Raises BodyTooLargeError, BodyTooSlowError, StorageFullError, ClientLeftError.

    With keeps_beginning a body whose rest does not arrive is returned as far as it came, instead of BodyTooSlowError and ClientLeftError.
    """
    declared = declared_length(scope)
    if declared == 0:
        return Body(io.BytesIO(), 0)
    if declared is not None and declared > limit:
        raise BodyTooLargeError(limit)
    spool = _Spool()
    try:
        return await _fill(spool, receive, limit=limit)
    except (BodyTooSlowError, ClientLeftError) as error:
        if not keeps_beginning:
            raise
        await spool.add(scope.get(UNREAD_BYTES, bytes)()[: limit - spool.size])
        return (await spool.finish())._replace(cut_by=error)
    except OSError as error:
        raise StorageFullError(
            "The server cannot store the body at the moment. Try again later.", headers={"Retry-After": retry_after.DISK_FULL}
        ) from error
    finally:
        spool.drop()


async def _fill(spool: "_Spool", receive: Receive, *, limit: int) -> Body:
    started = time.monotonic()
    try:
        async with asyncio.timeout(settings.TTSAI_BODY_SECONDS) as patience:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientLeftError
                chunk: bytes = message.get("body", b"")
                if spool.size + len(chunk) > limit:
                    raise BodyTooLargeError(limit)
                await spool.add(chunk)
                if not message.get("more_body", False):
                    return await spool.finish()
                allowed = settings.TTSAI_BODY_SECONDS + spool.size / settings.TTSAI_BODY_BYTES_PER_SECOND
                patience.reschedule(asyncio.get_running_loop().time() + allowed - (time.monotonic() - started))
    except TimeoutError as error:
        raise BodyTooSlowError from error


class _Spool:
    """Collects chunks in memory, then in an unnamed file. Owned by the reader until finish() returns the file."""

    def __init__(self) -> None:
        self.size = 0
        self._chunks: list[bytes] = []
        self._pending = 0
        self._file: BinaryIO | None = None

    async def add(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._pending += len(chunk)
        self.size += len(chunk)
        if self.size > SPOOL_BYTES and self._pending >= FLUSH_BYTES:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> Body:
        if self._file is None:
            return Body(io.BytesIO(b"".join(self._chunks)), self.size)
        await asyncio.to_thread(self._flush)
        file, self._file = self._file, None
        file.seek(0)
        return Body(file, self.size)

    def drop(self) -> None:
        if self._file is not None:
            self._file.close()

    def _flush(self) -> None:
        if self._file is None:
            folder = Path(settings.TTSAI_HOME) / "tmp"
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - handed over by finish, or closed by drop
        check_disk(self._pending)  # each time: many bodies at once fill what was free when each began, and the database lies there too
        self._file.write(b"".join(self._chunks))
        self._chunks.clear()
        self._pending = 0

"""Reads inputs and writes outputs: files below the shared folder, or presigned URLs."""

import errno
import logging
import math
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from workers.contract.errors import INTERNAL_ERROR, STORAGE_UNAVAILABLE, WorkError
from workers.contract.references import Address, Reference
from workers.contract.time_units import DAY_SECONDS

logger = logging.getLogger(__name__)

PAUSES_SECONDS: Final = (0.2, 0.6, 1.8)
"""Pauses between attempts at a URL: three retries."""
RETRYABLE_STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
BLOCK_BYTES: Final = 1 << 18
STALE_SECONDS: Final = DAY_SECONDS
"""Age at which incomplete files of earlier processes are deleted: a day, since another worker may share the folder."""
DISK_ERRORS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.ESTALE, errno.ENOTCONN})
SUFFIXES: Final = frozenset({".in", ".out"})
UNFINISHED_FOLDER: Final = ".unfinished"


class Storage:
    """Reads and writes objects by address. Thread-safe. Every failure is a WorkError (storage_unavailable)."""

    def __init__(self, *, objects: Path | None, scratch: Path, http: httpx.Client) -> None:
        self._objects = objects
        self._scratch = scratch
        self._http = http
        self._unfinished = objects / UNFINISHED_FOLDER if objects else None

    def prepare(self) -> None:
        """Create the scratch folder and delete incomplete files of earlier processes. Raises OSError.

        The scratch folder belongs to this worker and its predecessors. The object folder is shared with other workers, and is not created: a worker
        that starts while its volume is away must not write below the mount point.
        """
        self._scratch.mkdir(parents=True, exist_ok=True)
        _sweep(self._scratch, before=math.inf)
        if self._unfinished and self._unfinished.is_dir():
            _sweep(self._unfinished, before=time.time() - STALE_SECONDS)

    @contextmanager
    def read(self, reference: Reference) -> Iterator[Path]:
        """The object as a local file for the duration of the block."""
        address = _require_address(reference)
        if address.kind == "folder":
            path = self._resolve(address.location)
            if not path.is_file():
                raise _failure("read", "missing")
            yield path
            return
        path = self._scratch / f"{uuid.uuid4().hex}.in"
        try:
            self._download(address, path=path)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def read_range(self, reference: Reference, *, start: int, stop: int) -> bytes:
        """Bytes from `start` up to `stop`, fewer at the end of the object; the rest is not downloaded."""
        address = _require_address(reference)
        if stop <= start:
            return b""
        if address.kind != "folder":
            return self._download_range(address, start=start, stop=stop)
        path = self._resolve(address.location)
        if not path.is_file():
            raise _failure("read", "missing")
        with self._translate_disk_errors(), path.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)

    @contextmanager
    def write(self, address: Address) -> Iterator[Path]:
        """A file to fill: at the end of the block it atomically becomes the object; after an error nothing is left."""
        destination = self._resolve(address.location) if address.kind == "folder" else None
        folder = self._unfinished if destination and self._unfinished else self._scratch
        path = folder / f"{uuid.uuid4().hex}.out"
        try:
            with self._translate_disk_errors():
                folder.mkdir(exist_ok=True)
                yield path
            if destination:
                self._require_folder()  # otherwise it would be created below an unmounted volume
                _move_into_place(path, destination=destination)
            else:
                self._upload(address, path=path)
        finally:
            path.unlink(missing_ok=True)

    def write_bytes(self, address: Address, *, data: bytes) -> None:
        with self.write(address) as path:
            path.write_bytes(data)

    def _resolve(self, location: str) -> Path:
        """Path of an object; refuses a path outside the shared folder, also through a link."""
        if self._objects is None:
            raise _failure("resolve", "no_shared_folder")
        path = (self._objects / location).resolve()
        if path == self._objects or not path.is_relative_to(self._objects):
            raise _failure("resolve", "outside_of_the_shared_folder")
        self._require_folder()
        return path

    def _require_folder(self) -> None:
        """Raise WorkError (storage_unavailable) if the folder of the objects is missing: its volume is not mounted."""
        if self._objects is not None and not self._objects.is_dir():
            raise _failure("resolve", "shared_folder_missing", is_outage=True)

    @contextmanager
    def _translate_disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            failure = disk_failure(error)
            if failure is None:
                self._require_folder()  # the volume may have been unmounted meanwhile
                raise
            raise failure from None

    def _download(self, address: Address, *, path: Path) -> None:
        def fetch() -> int:
            with self._http.stream("GET", address.location) as response:
                if response.is_success:
                    with self._translate_disk_errors(), path.open("wb") as file:
                        for block in response.iter_bytes(BLOCK_BYTES):
                            file.write(block)
                return response.status_code

        self._attempt("get", address, request=fetch)

    def _download_range(self, address: Address, *, start: int, stop: int) -> bytes:
        fetched = bytearray()

        def fetch() -> int:
            fetched.clear()
            with self._http.stream("GET", address.location, headers={"Range": f"bytes={start}-{stop - 1}"}) as response:
                if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return httpx.codes.OK  # the range begins after the end of the object
                # A server without range support sends everything.
                skipped = 0 if response.status_code == httpx.codes.PARTIAL_CONTENT else start
                for block in response.iter_bytes(BLOCK_BYTES) if response.is_success else ():
                    fetched.extend(block[skipped:])
                    skipped = max(0, skipped - len(block))
                    if len(fetched) >= stop - start:
                        break
                return response.status_code

        self._attempt("get", address, request=fetch)
        return bytes(fetched[: stop - start])

    def _upload(self, address: Address, *, path: Path) -> None:
        def send() -> int:
            with path.open("rb") as file:
                # S3 accepts no chunked bodies: the length must be sent.
                return self._http.put(address.location, content=file, headers={"Content-Length": str(path.stat().st_size)}).status_code

        self._attempt("put", address, request=send)

    def _attempt(self, what: str, address: Address, *, request: Callable[[], int]) -> None:
        host, is_outage = httpx.URL(address.location).host, True
        for pause in (*PAUSES_SECONDS, None):
            try:
                status = request()
            except httpx.HTTPError as error:
                reason = type(error).__name__
            else:
                if 200 <= status < 300:
                    return
                reason = str(status)
                if status not in RETRYABLE_STATUSES:
                    is_outage = False
                    break
            if pause is not None:
                time.sleep(pause)
        raise _failure(what, reason, host=host, is_outage=is_outage)


def _require_address(reference: Reference) -> Address:
    """The reference as an address. Raises WorkError (internal_error) for one that the platform did not resolve."""
    if not isinstance(reference, Address):
        raise WorkError(INTERNAL_ERROR, "The platform sent a reference in place of an address.")
    return reference


def _sweep(folder: Path, *, before: float) -> None:
    for path in folder.iterdir():
        if path.suffix in SUFFIXES and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def disk_failure(error: OSError) -> WorkError | None:
    """WorkError for a full or broken disk; None for any other error."""
    if error.errno not in DISK_ERRORS:
        return None
    return _failure("disk", errno.errorcode[error.errno or 0], is_outage=True)


def _move_into_place(path: Path, *, destination: Path) -> None:
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        destination.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.replace(destination)
        except FileNotFoundError:  # the platform just swept the folder, which was empty
            destination.parent.mkdir(parents=True, exist_ok=True)
            path.replace(destination)
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, "unknown")
        raise _failure("move", reason, is_outage=error.errno in DISK_ERRORS) from None


def _failure(what: str, reason: str, *, host: str = "", is_outage: bool = False) -> WorkError:
    logger.error("storage_failed action=%s reason=%s host=%s", what, reason, host or "-")
    return WorkError(STORAGE_UNAVAILABLE, "The store for audio could not be reached.", is_outage=is_outage)

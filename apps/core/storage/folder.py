"""Object store as a folder that platform and workers share."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO
from uuid import uuid4

from apps.core.storage.base import MissingObjectError, ObjectStat, StorageAwayError, check_key
from workers.contract.references import Address


class FolderStorage:
    """Keys are paths below one folder; a file appears under its name when it is complete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Create the folder, once for an installation: a process that starts while the folder's volume is away must not write below its mount point."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _away(error) from error

    def check(self) -> None:
        self._require_folder()
        if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise StorageAwayError("The object store refuses: its folder cannot be written.")

    def put_file(self, key: str, path: Path, *, content_type: str) -> None:  # noqa: ARG002 - a file has no content type
        def copy(target: IO[bytes]) -> None:
            with path.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)

        self._write(key, copy)

    def put_bytes(self, key: str, data: bytes, *, content_type: str) -> None:  # noqa: ARG002
        self._write(key, lambda target: target.write(data))

    def copy(self, key: str, target: str) -> None:
        if self._link(key, target):
            return
        with self.open_stream(key) as source:
            self._write(target, lambda file: shutil.copyfileobj(source, file, 1 << 20))

    def read_bytes(self, key: str) -> bytes:
        with self.open_stream(key) as stream:
            return stream.read()

    def open_stream(self, key: str) -> IO[bytes]:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, NotADirectoryError) as error:
            self._require_folder()
            raise MissingObjectError(f"There is no object {key}.") from error
        except OSError as error:
            raise _away(error) from error

    def stat(self, key: str) -> ObjectStat | None:
        path = self._path(key)
        try:
            if path.is_file():
                return ObjectStat(bytes=path.stat().st_size)
        except OSError as error:
            raise _away(error) from error
        self._require_folder()
        return None

    def delete(self, key: str) -> None:
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _away(error) from error
        self._remove_empty(path.parent)

    def delete_prefix(self, prefix: str) -> None:
        path = self._path(prefix.rstrip("/"))
        shutil.rmtree(path, ignore_errors=True)
        self._remove_empty(path.parent)

    def reading_address(self, key: str) -> Address:
        return Address(kind="folder", location=check_key(key))

    def writing_address(self, key: str, *, content_type: str) -> Address:  # noqa: ARG002
        return Address(kind="folder", location=check_key(key))

    def public_url(self, key: str, *, file_name: str, content_type: str) -> str | None:  # noqa: ARG002
        return None

    def public_writing_url(self, key: str, *, size: int, content_type: str, seconds: int) -> str | None:  # noqa: ARG002
        return None

    def local_path(self, key: str) -> Path | None:
        return self._path(key)

    def _path(self, key: str) -> Path:
        return self.folder / check_key(key)

    def _write(self, key: str, write: Callable[[IO[bytes]], object]) -> None:
        path = self._path(key)
        self._require_folder()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as target:
                temporary = Path(target.name)
                try:
                    write(target)
                    target.flush()
                    os.fsync(target.fileno())
                    temporary.replace(path)
                except BaseException:
                    temporary.unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise _away(error) from error

    def _link(self, key: str, target: str) -> bool:
        """Give an object a second name, which costs no space: objects are replaced, never changed. False where the disk has no hard links."""
        source, path = self._path(key), self._path(target)
        temporary = path.parent / f".{uuid4().hex}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.hardlink_to(source)
            temporary.replace(path)
        except OSError:
            return False
        finally:
            temporary.unlink(missing_ok=True)  # renaming a file to another name of itself does nothing
        return True

    def _require_folder(self) -> None:
        if not self.folder.is_dir():
            raise StorageAwayError("The object store is unavailable: its folder is missing.")

    def _remove_empty(self, folder: Path) -> None:
        while folder != self.folder and folder.is_relative_to(self.folder):
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone already
                return
            folder = folder.parent


def _away(error: OSError) -> StorageAwayError:
    return StorageAwayError(f"The object store refuses: {error.strerror or type(error).__name__}.")

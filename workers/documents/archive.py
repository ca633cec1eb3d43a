"""Reads members of a ZIP archive by name, with limits on entries, compression methods and unpacked bytes. Nothing is written to disk."""

import posixpath
import struct
import zipfile
import zlib
from typing import BinaryIO, Final
from urllib.parse import unquote

from workers.contract.files import TOO_COMPLEX
from workers.documents.errors import INVALID_EPUB, DocumentError

MOST_ENTRIES: Final = 10_000
MOST_DIRECTORY_BYTES: Final = 4 << 20
LARGEST_MEMBER: Final = 16_000_000
"""Largest file that is read of a book, in bytes; a chapter of a million characters has four million."""
ENCRYPTED: Final = 0x1
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Methods that EPUB allows; others may take gigabytes of memory for their dictionaries."""
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError, OSError)


class Archive:
    """Open archive."""

    def __init__(self, file: BinaryIO, *, max_unpacked_bytes: int) -> None:
        """Raises DocumentError (invalid_epub, too_complex)."""
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGED as error:
            raise DocumentError(INVALID_EPUB, "The book is damaged: its archive cannot be opened.") from error
        self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        if len(self._zip.filelist) > MOST_ENTRIES:
            raise DocumentError(TOO_COMPLEX, f"The book has {len(self._zip.filelist):,} files; {MOST_ENTRIES:,} are read.")
        self._left = max_unpacked_bytes

    def has(self, name: str) -> bool:
        """True if there is a member of this name."""
        return name in self._entries

    def read(self, name: str) -> bytes:
        """Content of a member. Raises DocumentError for one that is missing, encrypted, damaged or too large."""
        entry = self._entries.get(name)
        if entry is None:
            raise DocumentError(INVALID_EPUB, f"The book has no file {name[:200]!r}.")
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
            raise DocumentError(INVALID_EPUB, f"The book's file {name[:200]!r} is encrypted, or packed in a way that EPUB does not allow.")
        most = min(LARGEST_MEMBER, self._left)
        try:
            with self._zip.open(entry) as member:
                data = member.read(most + 1)
        except DAMAGED as error:
            raise DocumentError(INVALID_EPUB, f"The book's file {name[:200]!r} is damaged.") from error
        if len(data) > most:
            raise DocumentError(TOO_COMPLEX, f"The book's file {name[:200]!r} unpacks to more than is read. Split the book.")
        self._left -= len(data)
        return data


def resolve(base: str, reference: str) -> str:
    """Name of the member that a reference in the member `base` means; a name that leaves the archive is one that no member has."""
    path = unquote(reference.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path)) if path else base


def _check_directory(file: BinaryIO) -> None:
    """Refuse an archive whose directory would fill the memory before a limit could be checked."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - (1 << 16) - 22))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        raise DocumentError(INVALID_EPUB, "The file is no EPUB book: it is no ZIP archive.")
    entries, directory_bytes = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries > MOST_ENTRIES or directory_bytes > MOST_DIRECTORY_BYTES or tail[place - 20 : place - 16] == b"PK\x06\x07":
        raise DocumentError(TOO_COMPLEX, f"The book has more files than are read ({MOST_ENTRIES:,}).")
    file.seek(0)

"""Reads archives of voices from unknown senders: nothing is unpacked but what the manifest names, up to the sizes and digests that it states."""

import hashlib
import stat
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

from rest_framework.exceptions import ParseError, ValidationError

from apps.core.errors import InvalidRequestError
from apps.core.exception_handler import invalid_fields
from apps.core.parsing import parse_json
from apps.core.streamed_files import CHUNK_BYTES
from apps.uploads.spool import Spool
from apps.voices.archives.manifest import (
    MANIFEST,
    MANIFEST_BYTES,
    MOST_SAMPLES,
    MOST_VOICES,
    Member,
    VoiceManifest,
    invalid_archive,
    read_manifest,
)

MOST_ENTRIES: Final = MOST_VOICES * (MOST_SAMPLES + 2) + 1
MOST_DIRECTORY_BYTES: Final = 1 << 20
END_RECORD: Final = b"PK\x05\x06"
END_BYTES: Final = 22
ENCRYPTED: Final = 0x1
METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others may take gigabytes of memory for their dictionaries."""
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError, OSError)


class VoiceArchive:
    """Open archive whose manifest and directory were checked. The file stays the caller's."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises InvalidRequestError (invalid_archive, unsupported_version, duplicate_voice, archive_too_large)."""
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except DAMAGED as error:
            raise invalid_archive("it is damaged") from error
        self._entries = _check_entries(self._zip)
        self.manifest: VoiceManifest = self._read_manifest()
        _check_members(self.manifest, self._entries)

    def extract(self, member: Member) -> Spool:
        """File of the archive, in a spool which the caller closes. Raises InvalidRequestError (invalid_archive, digest_mismatch)."""
        digest, size = hashlib.sha256(), 0
        with Spool.new().closed_on_error() as spool:
            try:
                with self._zip.open(self._entries[member.file]) as source:
                    while size <= member.bytes and (chunk := source.read(CHUNK_BYTES)):
                        size += len(chunk)
                        digest.update(chunk)
                        spool.write(chunk)
            except DAMAGED as error:
                raise invalid_archive(f"its file {member.file!r} is damaged") from error
            spool.finish()
            if size != member.bytes or digest.hexdigest() != member.sha256:
                message = f"The file {member.file!r} of the archive is not the one that its manifest describes. Export the voices again."
                raise InvalidRequestError(message, code="digest_mismatch", param="file")
            spool.file.seek(0)
        return spool

    def verify(self) -> None:
        """Compare every file with its digest. Raises as `extract`."""
        for entry in self.manifest.voices:
            for member in entry.members:
                self.extract(member).close()

    def _read_manifest(self) -> VoiceManifest:
        entry = self._entries.get(MANIFEST)
        if entry is None:
            raise invalid_archive(f"it has no {MANIFEST}")
        try:
            with self._zip.open(entry) as source:
                raw = source.read(MANIFEST_BYTES + 1)
        except DAMAGED as error:
            raise invalid_archive(f"its {MANIFEST} is damaged") from error
        if len(raw) > MANIFEST_BYTES:
            raise invalid_archive(f"its {MANIFEST} has more than {MANIFEST_BYTES:,} bytes")
        try:
            body = parse_json(raw)
        except (ParseError, InvalidRequestError) as error:
            raise invalid_archive(f"its {MANIFEST} is no JSON, or holds too many values") from error
        try:
            return read_manifest(body)
        except ValidationError as error:
            raise invalid_archive(f"its {MANIFEST} says {invalid_fields(error).message[:200]!r}") from error


def _check_directory(file: BinaryIO) -> None:
    """Refuse an archive whose directory would fill the memory before a limit could be checked."""
    size = file.seek(0, 2)
    file.seek(max(0, size - (1 << 16) - END_BYTES))
    tail = file.read()
    place = tail.rfind(END_RECORD)
    if place < 0 or len(tail) - place < END_BYTES:
        raise invalid_archive("it is no ZIP file")
    entries, directory_bytes = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries > MOST_ENTRIES or directory_bytes > MOST_DIRECTORY_BYTES or tail[max(0, place - 20) : max(0, place - 16)] == b"PK\x06\x07":
        raise invalid_archive(f"it has more files than the {MOST_ENTRIES:,} that are read")
    file.seek(0)


def _check_entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    entries: dict[str, zipfile.ZipInfo] = {}
    if len(archive.filelist) > MOST_ENTRIES:  # the record at the end may lie
        raise invalid_archive(f"it has more files than the {MOST_ENTRIES:,} that are read")
    for entry in archive.infolist():
        shown = repr(entry.filename[:100])
        if entry.filename in entries:
            raise invalid_archive(f"it has the file {shown} twice")
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
            raise invalid_archive(f"its file {shown} is encrypted, or packed in another way than by deflate")
        mode = entry.external_attr >> 16
        if entry.is_dir() or (mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}):
            raise invalid_archive(f"{shown} is a folder, a link or a device")
        entries[entry.filename] = entry
    return entries


def _check_members(manifest: VoiceManifest, entries: dict[str, zipfile.ZipInfo]) -> None:
    """The archive has exactly the files that the manifest names, in the sizes that it states."""
    named = {member.file: member for voice in manifest.voices for member in voice.members}
    for name in sorted(set(entries) - set(named) - {MANIFEST}):
        raise invalid_archive(f"its manifest does not name the file {name[:100]!r}")
    for name, member in named.items():
        if name not in entries:
            raise invalid_archive(f"the file {name!r} is missing")
        if entries[name].file_size != member.bytes:
            raise invalid_archive(f"its file {name!r} has not the {member.bytes:,} bytes that the manifest states")

"""Ingestion of a file, without the database: fetched on the event loop, measured and stored by threads (apps/uploads/threads.py)."""

import asyncio
import os
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from apps.core.errors import ApplicationError, InvalidRequestError
from apps.core.fair_slots import FairSlots
from apps.core.outbound import AddressRefusedError, OutboundError, fetch
from apps.core.storage import MissingObjectError, get_storage
from apps.uploads.objects import content_key, incoming_key
from apps.uploads.spool import COPIED_BYTES, Spool, SpoolWriter, check_disk
from workers.audio.probe import AudioInfo, ProbeError, ProbeLimits, probe_file
from workers.contract.codec import Message
from workers.contract.files import TOO_LARGE
from workers.documents import DocumentError, TextLimits, read_text_file

FETCH_SECONDS: Final = 60.0
TEXT_TYPE: Final = "application/octet-stream"
"""Content type of a customer's text in the store: no browser shows it as a page."""
CORES: Final = max(2, os.cpu_count() or 1)
"""Least number of slots: with one slot no tenant could have half."""
NEWCOMERS_FACTOR: Final = 4
"""Most decoding processes per core if many tenants compete; the operating system then shares the cores."""
_probes = FairSlots(usual=CORES, most=NEWCOMERS_FACTOR * CORES, waiting_each=None)
"""Concurrent decoding processes. Each occupies a core, for half a minute with hours of eight channels in a small file."""


class UploadIncompleteError(InvalidRequestError):
    """Raised if an announced upload has not been sent yet."""

    code = "upload_incomplete"

    def __init__(self) -> None:
        super().__init__("No file has been sent to this upload yet. PUT it to the url that POST /v1/uploads/ gave.", param="upload_id")


class RefusedFileError(InvalidRequestError):
    """Raised for a file that is refused because of its content, whoever sends it."""


@dataclass(frozen=True, slots=True)
class Ingestion:
    """A file to ingest: from a spool, a URL, or the object behind a presigned URL."""

    tenant: str
    upload: UUID
    limits: ProbeLimits
    param: str
    """Request field that an error refers to."""
    spool: Spool | None = None
    url: str = ""
    announced_bytes: int = 0
    """Announced number of bytes, which must match; 0 if none was announced."""
    pieces: tuple[str, ...] = ()
    """Storage keys of the pieces that make the file, in order."""
    text_format: str = ""
    """Format of a text to be spoken (workers/documents); empty for a recording."""


@dataclass(frozen=True, slots=True)
class TextInfo(Message):
    """Properties of a text file."""

    format: str
    """txt, md, epub or srt."""
    characters: int
    bytes: int
    title: str = ""
    chapters: int = 0
    cues: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Measured and stored object."""

    key: str
    sha256: str
    info: AudioInfo | TextInfo


async def fetch_source(ingestion: Ingestion) -> Ingestion:
    """Fetch the URL of an ingestion into a spool, which the caller closes. Raises ApplicationError."""
    most_bytes = ingestion.limits.max_bytes
    await asyncio.to_thread(check_disk, most_bytes)
    writer = SpoolWriter()
    try:
        await fetch(ingestion.url, tenant=ingestion.tenant, sink=writer.add, most_bytes=most_bytes, seconds=FETCH_SECONDS)
        return replace(ingestion, url="", spool=await writer.finish())
    except AddressRefusedError as error:
        raise _of_url(ingestion, error, code="invalid_url") from error
    except OutboundError as error:
        raise _of_url(ingestion, error, code="fetch_failed") from error
    finally:
        writer.close()


def measure(ingestion: Ingestion) -> StoredFile:
    """Measure and store a file. Raises ApplicationError; the spool is released in any case."""
    with ingestion.spool or Spool.new() as spool:
        if ingestion.spool is None:
            _read_incoming(ingestion, spool)
        if ingestion.announced_bytes and spool.size != ingestion.announced_bytes:
            raise RefusedFileError(
                f"{ingestion.announced_bytes:,} bytes were announced and {spool.size:,} were received. Send the whole file again.",
                code="size_mismatch",
                param=ingestion.param,
            )
        info = _read_text(ingestion, spool) if ingestion.text_format else _probe(ingestion, spool)
        sha256 = spool.sha256()
        key = content_key(ingestion.tenant, upload=ingestion.upload, sha256=sha256)
        get_storage().put_file(key, spool.path, content_type=TEXT_TYPE if isinstance(info, TextInfo) else info.content_type)
        return StoredFile(key=key, sha256=sha256, info=info)


def measure_only(ingestion: Ingestion) -> AudioInfo:
    """Measure the file in a spool, which is released in any case. Raises ApplicationError."""
    with ingestion.spool or Spool.new() as spool:
        return _probe(ingestion, spool)


def refusal(error: ProbeError, *, param: str) -> RefusedFileError:
    """Client error for an error of the probe or a limit of the route."""
    return RefusedFileError(error.message, code=error.code, param=param, status=413 if error.code == TOO_LARGE else 400)


def refusal_of_text(error: DocumentError, *, param: str) -> RefusedFileError:
    """Client error for a text file that cannot be read."""
    return RefusedFileError(error.message, code=error.code, param=param, status=413 if error.code == TOO_LARGE else 400)


def _read_text(ingestion: Ingestion, spool: Spool) -> TextInfo:
    try:
        with _probes.slot(ingestion.tenant):
            read = read_text_file(spool.file, text_format=ingestion.text_format, limits=TextLimits(max_bytes=ingestion.limits.max_bytes))
    except DocumentError as error:
        raise refusal_of_text(error, param=ingestion.param) from error
    return TextInfo(
        read.format,
        characters=len(read.text),
        bytes=spool.size,
        title=read.title,
        chapters=len(read.chapters),
        cues=len(read.cues),
        warnings=read.warnings,
    )


def _probe(ingestion: Ingestion, spool: Spool) -> AudioInfo:
    try:
        ingestion.limits.check_bytes(spool.size)
        with _probes.slot(ingestion.tenant):
            return probe_file(spool.path, limits=ingestion.limits)
    except ProbeError as error:
        raise refusal(error, param=ingestion.param) from error


def _of_url(ingestion: Ingestion, error: Exception, *, code: str) -> ApplicationError:
    return RefusedFileError(f"{ingestion.param}: {error}.", code=code, param=ingestion.param)


def _read_incoming(ingestion: Ingestion, spool: Spool) -> None:
    """Read the object that a client wrote to the store, or the pieces. It may be overwritten, so the measured bytes are stored under another key."""
    check_disk(ingestion.announced_bytes)
    for key in ingestion.pieces or (incoming_key(ingestion.tenant, upload=ingestion.upload),):
        try:
            stream = get_storage().open_stream(key)
        except MissingObjectError as error:
            raise UploadIncompleteError from error
        try:
            while (chunk := stream.read(COPIED_BYTES)) and spool.size <= ingestion.announced_bytes:
                spool.write(chunk)
                spool.finish()
        finally:
            stream.close()

"""Headers of the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload): reading them, and those of every response."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.http import http_date

from apps.core.errors import ApplicationError, InvalidRequestError
from apps.uploads.models import Upload
from apps.uploads.serializers import MEDIA_TYPE
from apps.uploads.services.resumable import offset_of
from apps.uploads.spool import Spool

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,expiration,checksum,termination"
ALGORITHMS: Final = ("sha1", "sha256")
PIECE_TYPE: Final = "application/offset+octet-stream"
LONGEST_METADATA: Final = 4000
CHECKSUM_MISMATCH: Final = 460
_NUMBER: Final = re.compile(r"\d{1,15}")


@dataclass(frozen=True, slots=True)
class NewFile:
    """File that a client is going to send."""

    size: int
    name: str
    content_type: str


def check_version(headers: Mapping[str, str]) -> None:
    """Raise 412 for a client that speaks another version."""
    given = headers.get("Tus-Resumable", "")
    if given != VERSION:
        message = f"Send `Tus-Resumable: {VERSION}`; it was {given[:20]!r}."
        raise ApplicationError(message, code="unsupported_tus_version", status=412, headers={"Tus-Version": VERSION})


def read_new_file(headers: Mapping[str, str]) -> NewFile:
    """Length and metadata of a creation. Raises InvalidRequestError."""
    if "Upload-Defer-Length" in headers:
        raise InvalidRequestError("The size must be known: send Upload-Length instead of Upload-Defer-Length.", param="Upload-Defer-Length")
    size = read_number(headers, "Upload-Length")
    if size == 0:
        raise InvalidRequestError("Upload-Length is 0: an empty file cannot be used.", param="Upload-Length")
    metadata = _read_metadata(headers.get("Upload-Metadata", ""))
    content_type = metadata.get("filetype", "")
    is_known = re.fullmatch(MEDIA_TYPE, content_type) is not None
    return NewFile(size, metadata.get("filename", ""), content_type if is_known else "application/octet-stream")


def read_number(headers: Mapping[str, str], name: str) -> int:
    """Number of bytes in a header. Raises InvalidRequestError."""
    given = headers.get(name, "")
    if _NUMBER.fullmatch(given) is None:
        raise InvalidRequestError(f"The header {name} is a number of bytes; it was {given[:20]!r}.", param=name)
    return int(given)


def check_piece_type(headers: Mapping[str, str]) -> None:
    """Raise 415 for a body that is not a piece."""
    given = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given != PIECE_TYPE:
        raise InvalidRequestError(f"Send the piece as Content-Type: {PIECE_TYPE}.", code="unsupported_media_type", status=415)


def has_checksum(headers: Mapping[str, str]) -> bool:
    return bool(headers.get("Upload-Checksum"))


def check_checksum(headers: Mapping[str, str], *, spool: Spool) -> None:
    """Compare a piece with its header Upload-Checksum, if there is one. Raises 460, InvalidRequestError."""
    given = headers.get("Upload-Checksum", "")
    if not given:
        return
    algorithm, _, text = given.partition(" ")
    if algorithm not in ALGORITHMS:
        message = f"Unknown algorithm {algorithm[:20]!r}. Available: {', '.join(ALGORITHMS)}."
        raise InvalidRequestError(message, code="unsupported_checksum", param="Upload-Checksum")
    spool.file.seek(0)
    digest = hashlib.file_digest(spool.file, lambda: hashlib.new(algorithm, usedforsecurity=False))  # type: ignore[arg-type]
    if _decode(text.strip(), name="Upload-Checksum") != digest.digest():
        message = "The piece arrived damaged: its checksum differs. Send it again."
        raise InvalidRequestError(message, code="checksum_mismatch", status=CHECKSUM_MISMATCH, param="Upload-Checksum")


def discovery_headers() -> dict[str, str]:
    """Versions, extensions and limits of this server, for OPTIONS."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.TTSAI_UPLOAD_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def state_headers(upload: Upload) -> dict[str, str]:
    """Offset, length and expiry of an upload."""
    return {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(offset_of(upload)),
        "Upload-Length": str(upload.announced_bytes),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }


def _read_metadata(text: str) -> dict[str, str]:
    """Metadata by key. Raises InvalidRequestError."""
    if len(text) > LONGEST_METADATA:
        raise InvalidRequestError(f"Upload-Metadata has at most {LONGEST_METADATA:,} characters.", param="Upload-Metadata")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        found[key] = _decode(value.strip(), name="Upload-Metadata").decode(errors="replace")
    return found


def _decode(text: str, *, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequestError(f"{name}: {text[:40]!r} is not base64.", param=name) from error

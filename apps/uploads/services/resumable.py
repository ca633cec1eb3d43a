"""Resumable uploads: a file that is sent in pieces, each an object of the store before it is acknowledged."""

import secrets
from typing import Final

from apps.core.errors import ConflictError, InvalidRequestError
from apps.core.storage import get_storage
from apps.uploads.models import Upload, UploadState
from apps.uploads.objects import piece_key
from apps.uploads.selectors import no_such_upload
from apps.uploads.spool import Spool

MOST_PIECES: Final = 1000
"""Pieces of one file: their names are in its row."""


def offset_of(upload: Upload) -> int:
    """Bytes that are stored."""
    return upload.announced_bytes if upload.state == UploadState.READY else upload.received_bytes


def check_piece(upload: Upload, *, offset: int, size: int = 0) -> None:
    """Refuse a piece that does not continue the file. Raises ConflictError, InvalidRequestError."""
    if offset != offset_of(upload):
        raise wrong_offset(upload, offset=offset)
    if offset + size > upload.announced_bytes:
        raise InvalidRequestError(
            f"The file was announced with {upload.announced_bytes:,} bytes; this piece would make it {offset + size:,}.",
            code="too_large",
            status=413,
        )
    if len(upload.pieces) >= MOST_PIECES and offset < upload.announced_bytes:
        raise InvalidRequestError(f"A file has at most {MOST_PIECES:,} pieces. Begin again with larger ones.", code="too_many_pieces")


def keeps_cut_pieces(upload: Upload) -> bool:
    """Tell whether a piece whose rest did not arrive is stored: it may be small, so whole pieces keep half of the places."""
    return len(upload.pieces) < MOST_PIECES // 2


def store_piece(upload: Upload, *, spool: Spool) -> str:
    """Store a piece, without the database; returns its name. The spool is released in any case."""
    with spool:
        name = f"{upload.received_bytes:015d}-{secrets.token_hex(8)}"
        get_storage().put_file(
            piece_key(upload.tenant, upload=upload.uuid, piece=name), spool.path, content_type="application/octet-stream"
        )
        return name


def record_piece(upload: Upload, *, name: str, size: int) -> None:
    """Record a stored piece. Raises ConflictError if another piece came first, NotFoundError if the upload was removed."""
    waiting = Upload.objects.filter(pk=upload.pk, deleted_at=None, received_bytes=upload.received_bytes).exclude(state=UploadState.READY)
    changes = {"received_bytes": upload.received_bytes + size, "pieces": [*upload.pieces, name]}
    if not waiting.update(**changes, state=UploadState.WAITING, error_code="", error_message=""):
        get_storage().delete(piece_key(upload.tenant, upload=upload.uuid, piece=name))
        now = Upload.objects.filter(pk=upload.pk, deleted_at=None).first()
        if now is None:
            raise no_such_upload()
        raise wrong_offset(now, offset=upload.received_bytes)
    upload.received_bytes += size


def wrong_offset(upload: Upload, *, offset: int) -> ConflictError:
    """The 409 for a piece that begins elsewhere than the stored bytes end."""
    stored = offset_of(upload)
    message = f"The piece begins at byte {offset:,}, but {stored:,} bytes are stored. Ask with HEAD and continue there."
    return ConflictError(message, code="upload_offset_mismatch", headers={"Upload-Offset": str(stored)})

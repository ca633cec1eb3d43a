"""Text of a request that comes as a file: in the form, or uploaded in advance. It is read anew each time, and only its text is passed on."""

import hashlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.callers import Caller
from apps.core.deferred import Exchange
from apps.core.errors import GoneError, InvalidRequestError, NotFoundError
from apps.core.storage import MissingObjectError, get_storage
from apps.uploads.models import Upload, UploadState
from apps.uploads.selectors import get_own_upload, no_such_upload
from apps.uploads.services.ingestion import RefusedFileError, refusal_of_text
from apps.uploads.services.sources import mark_used, order_of_sent_file, store_source_async
from apps.uploads.services.uploads import has_arrived
from apps.uploads.spool import COPIED_BYTES, Spool
from apps.uploads.threads import ingestion_threads
from workers.documents import SUPPORTED_TEXTS, DocumentError, TextFile, TextLimits, find_text_format, read_text_file


@dataclass(frozen=True, slots=True)
class TextOrder:
    """Text file that is validated as far as its name tells."""

    tenant: str
    text_format: str
    param: str
    max_bytes: int
    spool: Spool | None = None
    """File of the form; closed when it was read."""
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class SentText:
    """Text of a file, with the digest of the file, which an Idempotency-Key compares."""

    file: TextFile
    sha256: str


def order_text(caller: Caller, *, file: "UploadedFile[Any] | None", upload_id: str | None) -> TextOrder:
    """Validate a text file and take over the form's file, which may then be closed. Raises ApplicationError.

    Call read_text_async afterwards.
    """
    if file is not None and upload_id:
        raise InvalidRequestError("Send one of file and upload_id.", param="upload_id")
    most = settings.TTSAI_UPLOAD_BYTES if caller.plan.max_upload_bytes is None else caller.plan.max_upload_bytes
    if upload_id:
        return _order_of_upload(caller, upload_id, max_bytes=most)
    assert file is not None  # noqa: S101 - one of both is given
    text_format = find_text_format(file.name or "", file.content_type or "")
    if not text_format:
        raise _unsupported(file.name or "", param="file")
    return TextOrder(caller.tenant, text_format, "file", max_bytes=most, spool=Spool.of(file.file))


async def read_text_async(exchange: Exchange, order: TextOrder) -> SentText:
    """Text of the file, in a Deferred: no Django thread and no database connection is held while it is read. Raises ApplicationError."""
    if order.upload is None:
        return await ingestion_threads().run(order.tenant, _read_form, order)
    if order.upload.state != UploadState.READY:
        await store_source_async(exchange, order_of_sent_file(order.upload))
    await exchange.run(mark_used, order.upload)
    return await ingestion_threads().run(order.tenant, _read_upload, order)


def _order_of_upload(caller: Caller, upload_id: str, *, max_bytes: int) -> TextOrder:
    try:
        upload = get_own_upload(caller, upload_id=upload_id)
    except (NotFoundError, GoneError) as error:
        raise InvalidRequestError(error.message, code=error.code, param="upload_id") from error
    if upload.state == UploadState.REFUSED and not has_arrived(upload):
        raise InvalidRequestError(upload.error_message, code=upload.error_code, param="upload_id")
    text_format = find_text_format(upload.file_name, upload.content_type)
    if not text_format:
        raise _unsupported(upload.file_name, param="upload_id")
    return TextOrder(caller.tenant, text_format, "upload_id", max_bytes=max_bytes, upload=upload)


def _read_form(order: TextOrder) -> SentText:
    with order.spool or Spool.new() as spool:
        return SentText(_read(spool.file, order=order), spool.sha256())


def _read_upload(order: TextOrder) -> SentText:
    upload = order.upload
    assert upload is not None  # noqa: S101 - an order of an upload
    try:
        stream = get_storage().open_stream(upload.key)
    except MissingObjectError as error:
        raise no_such_upload() from error
    digest = hashlib.sha256()
    with Spool.new() as spool:
        try:
            while chunk := stream.read(COPIED_BYTES):
                spool.write(chunk)
                digest.update(chunk)
        finally:
            stream.close()
        spool.finish()
        return SentText(_read(spool.file, order=order), digest.hexdigest())


def _read(file: BinaryIO, *, order: TextOrder) -> TextFile:
    try:
        return read_text_file(file, text_format=order.text_format, limits=TextLimits(max_bytes=order.max_bytes))
    except DocumentError as error:
        raise refusal_of_text(error, param=order.param) from error


def _unsupported(name: str, *, param: str) -> RefusedFileError:
    message = f"The file {name[:100]!r} is no text that is read here. {SUPPORTED_TEXTS} are, by the file's name."
    return RefusedFileError(message, code="unsupported_format", param=param)

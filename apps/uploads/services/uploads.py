"""Rows of uploads: create, remove, expire."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.core import retry_after
from apps.core.errors import InvalidRequestError, TooManyRequestsError
from apps.core.storage import StorageAwayError, get_storage
from apps.uploads.models import Origin, Upload, UploadState
from apps.uploads.objects import incoming_key, pieces_folder, upload_folder
from apps.uploads.selectors import count_intakes, kept_bytes
from apps.uploads.spool import check_disk

logger = logging.getLogger(__name__)

SWEPT_AT_ONCE: Final = 500
ONE_INGESTION_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def begin_upload(caller: Caller, *, origin: Origin, file_name: str, size: int, content_type: str = "") -> Upload:
    """Create the row of an expected file. Raises InvalidRequestError (upload_quota_exceeded), TooManyRequestsError, StorageFullError.

    A file that comes with a request counts against the account's concurrency from here on, before it is fetched or measured.
    """
    check_disk(size)
    with transaction.atomic():
        if origin != Origin.ADDRESS:
            _check_intakes(caller)
        return _insert(caller, origin=origin, file_name=file_name, size=size, content_type=content_type)


def _check_intakes(caller: Caller) -> None:
    """429 if the account ingests as many files as it may run jobs. Holds a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_INGESTION_AT_A_TIME, [f"intake:{caller.tenant}"])
    limit = max(caller.concurrent_jobs, caller.plan.concurrent_jobs)
    intakes = count_intakes(caller.tenant)
    if intakes >= limit:
        raise TooManyRequestsError(
            f"This account may have {limit} jobs at once, and {intakes} of its recordings are being ingested.",
            code="concurrency_limit_exceeded",
            headers={"Retry-After": retry_after.BUSY},
        )


def _insert(caller: Caller, *, origin: Origin, file_name: str, size: int, content_type: str) -> Upload:
    quota = settings.TTSAI_UPLOAD_QUOTA_BYTES
    if kept_bytes(caller.tenant) + size > quota:
        raise InvalidRequestError(
            f"Files of at most {quota:,} bytes are kept for an account at a time. Remove some with DELETE /v1/uploads/<id>/, or wait a day.",
            code="upload_quota_exceeded",
            status=413,
        )
    until = timezone.now() + timedelta(seconds=settings.TTSAI_UPLOAD_KEPT_SECONDS)
    return Upload.objects.create(
        account=caller.account,
        tenant=caller.tenant,
        origin=origin,
        file_name=file_name.replace("\x00", "")[:255],
        content_type=content_type,
        announced_bytes=size,
        expires_at=until,
        kept_until=until,
    )


def announce_upload(caller: Caller, *, file_name: str, size: int, content_type: str) -> Upload:
    """Create an upload that the caller is going to send. Also raises InvalidRequestError (too_large)."""
    most = settings.TTSAI_UPLOAD_BYTES
    if caller.plan.max_upload_bytes is not None:
        most = min(most, caller.plan.max_upload_bytes)
    if size > most:
        raise InvalidRequestError(
            f"A file may have {most:,} bytes at most. Send it as MP3, Opus or FLAC.", code="too_large", status=413, param="bytes"
        )
    return begin_upload(caller, origin=Origin.ADDRESS, file_name=file_name, size=size, content_type=content_type)


def presigned_url(upload: Upload) -> str | None:
    """URL that the client writes the file to in the object store; None if the platform receives it itself."""
    return get_storage().public_writing_url(
        incoming_key(upload.tenant, upload=upload.uuid),
        size=upload.announced_bytes,
        content_type=upload.content_type,
        seconds=settings.TTSAI_UPLOAD_KEPT_SECONDS,
    )


def has_arrived(upload: Upload) -> bool:
    """True if a client wrote a file to the presigned URL, or sent all pieces, and it has not been measured yet."""
    if upload.state == UploadState.READY:
        return False
    return has_all_pieces(upload) or get_storage().stat(incoming_key(upload.tenant, upload=upload.uuid)) is not None


def has_all_pieces(upload: Upload) -> bool:
    """True if a resumable upload was sent to its end."""
    return 0 < upload.announced_bytes == upload.received_bytes


def remove_upload(upload: Upload) -> None:
    """Delete an upload at once, or when it expires if a job may still read it."""
    now = timezone.now()
    in_use_until = now - timedelta(seconds=settings.TTSAI_UPLOAD_KEPT_SECONDS)
    if upload.used_at is not None and upload.used_at > in_use_until:
        Upload.objects.filter(pk=upload.pk).update(deleted_at=now)
        return
    _delete(upload)


def drop_pieces(upload: Upload) -> None:
    """Delete the pieces of a file that is measured or refused. The sweep of the upload's folder deletes what a killed process leaves."""
    get_storage().delete_prefix(pieces_folder(upload.tenant, upload=upload.uuid))


def release_source(key: str) -> None:
    """Release a source whose job has ended: a file that came with the request is deleted, an upload stays usable."""
    for upload in Upload.objects.filter(key=key).exclude(origin=Origin.ADDRESS):
        _delete(upload)


def expire_uploads() -> int:
    """Delete expired uploads; returns their number."""
    count, now = 0, timezone.now()
    due = Upload.objects.filter(kept_until__lte=now)
    for upload in due.order_by("kept_until")[:SWEPT_AT_ONCE]:
        if not due.filter(pk=upload.pk).update(deleted_at=now):
            continue  # a request has just taken it for a job; after this line none can
        try:
            _delete(upload)
        except StorageAwayError as error:
            logger.warning("uploads are swept up later: %s", error.message)
            break
        count += 1
    return count


def _delete(upload: Upload) -> None:
    """Delete the objects first: a row without objects is swept again, objects without a row never are."""
    get_storage().delete_prefix(upload_folder(upload.tenant, upload=upload.uuid))
    Upload.objects.filter(pk=upload.pk).delete()

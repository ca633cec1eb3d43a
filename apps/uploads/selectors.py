"""Reads of the app, always scoped to a caller."""

from datetime import timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.accounts.callers import Caller
from apps.core.errors import GoneError, NotFoundError
from apps.core.ids import find_uuid
from apps.uploads.models import Origin, Upload, UploadState

LONGEST_INTAKE = timedelta(minutes=10)


def get_own_upload(caller: Caller, *, upload_id: str) -> Upload:
    """File that the caller uploaded in advance. Raises NotFoundError, GoneError."""
    return _current(upload_id, tenant=caller.tenant)


def list_own_uploads(caller: Caller) -> QuerySet[Upload]:
    """Files that the caller uploaded in advance and that have not expired, newest first."""
    announced = Upload.objects.filter(tenant=caller.tenant, origin=Origin.ADDRESS, deleted_at=None, expires_at__gt=timezone.now())
    return announced.order_by("-created_at", "uuid")


def get_announced_upload(upload_id: str) -> Upload:
    """Upload by the URL that its owner received. Raises NotFoundError, GoneError."""
    return _current(upload_id)


def kept_bytes(tenant: str) -> int:
    """Total bytes of a tenant's stored and announced files."""
    total = Upload.objects.filter(tenant=tenant).aggregate(total=Sum(Greatest("bytes", "announced_bytes")))["total"]
    return int(total or 0)


def count_intakes(tenant: str) -> int:
    """Number of a tenant's files that are being fetched, measured or stored now, in any process."""
    since = timezone.now() - LONGEST_INTAKE  # what a killed process left is older
    waiting = Upload.objects.filter(tenant=tenant, state=UploadState.WAITING, created_at__gt=since)
    return waiting.exclude(origin=Origin.ADDRESS).count()


def no_such_upload() -> NotFoundError:
    """The 404 for unknown and for foreign uploads alike, so that they cannot be distinguished."""
    return NotFoundError("There is no such upload.", code="upload_not_found")


def _current(upload_id: str, **whose: str) -> Upload:
    uuid = find_uuid(upload_id)
    announced = Upload.objects.select_related("account").filter(origin=Origin.ADDRESS, deleted_at=None, **whose)
    upload = announced.filter(uuid=uuid).first() if uuid else None
    if upload is None:
        raise no_such_upload()
    if upload.expires_at <= timezone.now():
        raise GoneError("The upload has expired. Send the file again.", code="upload_expired")
    return upload

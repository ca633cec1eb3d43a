"""Object store: a local folder, or S3 if S3_BUCKET is set."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from django.conf import settings

from apps.core.storage.base import MissingObjectError, ObjectStat, Storage, StorageAwayError
from apps.core.storage.folder import FolderStorage

if TYPE_CHECKING:
    from apps.core.storage.s3 import AddressingStyle

__all__ = ["MissingObjectError", "ObjectStat", "Storage", "StorageAwayError", "get_storage"]


@cache
def get_storage() -> Storage:
    if not settings.S3_BUCKET:
        return FolderStorage(Path(settings.OBJECTS_FOLDER))
    from apps.core.storage.s3 import S3Storage  # boto3 takes half a second to load, in every process

    return S3Storage(
        bucket=settings.S3_BUCKET,
        endpoint_url=settings.S3_ENDPOINT_URL,
        public_endpoint_url=settings.S3_PUBLIC_ENDPOINT_URL,
        region=settings.S3_REGION,
        access_key_id=settings.S3_ACCESS_KEY_ID,
        secret_access_key=settings.S3_SECRET_ACCESS_KEY,
        addressing_style=cast("AddressingStyle", settings.S3_ADDRESSING_STYLE),
    )

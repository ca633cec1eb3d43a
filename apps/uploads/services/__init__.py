"""Write operations: announce, ingest and remove files."""

from apps.uploads.services.sources import Source, SourceLimits, SourceOrder, ingest_source_async, order_source
from apps.uploads.services.uploads import announce_upload, expire_uploads, release_source, remove_upload

__all__ = [
    "Source",
    "SourceLimits",
    "SourceOrder",
    "announce_upload",
    "expire_uploads",
    "ingest_source_async",
    "order_source",
    "release_source",
    "remove_upload",
]

"""Write operations: announce, ingest and remove files."""

from apps.uploads.services.live_recordings import store_live_recording_async
from apps.uploads.services.measuring import measure_async, order_measurement
from apps.uploads.services.sources import (
    HeldFile,
    Source,
    SourceLimits,
    SourceOrder,
    finish_or_release,
    hand_over,
    hold_files,
    ingest_source_async,
    ingest_sources_async,
    order_source,
    order_spool,
    release_sources,
)
from apps.uploads.services.texts import SentText, TextOrder, order_text, read_text_async
from apps.uploads.services.uploads import announce_upload, expire_uploads, release_source, remove_upload

__all__ = [
    "HeldFile",
    "SentText",
    "Source",
    "SourceLimits",
    "SourceOrder",
    "TextOrder",
    "announce_upload",
    "expire_uploads",
    "finish_or_release",
    "hand_over",
    "hold_files",
    "ingest_source_async",
    "ingest_sources_async",
    "measure_async",
    "order_measurement",
    "order_source",
    "order_spool",
    "order_text",
    "read_text_async",
    "release_source",
    "release_sources",
    "remove_upload",
    "store_live_recording_async",
]

"""Measures a file of a form without keeping it."""

from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from apps.accounts.callers import Caller
from apps.uploads.services.ingestion import Ingestion, measure_only
from apps.uploads.services.sources import SourceLimits, hold_files
from apps.uploads.threads import ingestion_threads
from workers.audio.probe import AudioInfo

NO_UPLOAD: Final = UUID(int=0)


def order_measurement(caller: Caller, *, file: "UploadedFile[Any]", limits: SourceLimits, param: str) -> Ingestion:
    """Take over the form's file, which may then be closed. Raises ApplicationError for one that is too large."""
    (held,) = hold_files(caller, files=[file], limits=limits, param=param)
    return Ingestion(caller.tenant, upload=NO_UPLOAD, limits=held.limits, param=param, spool=held.spool)


async def measure_async(ingestion: Ingestion) -> AudioInfo:
    """Properties of the file, by decoding it in a child process. Raises ApplicationError; the file is released in any case."""
    return await ingestion_threads().run(ingestion.tenant, measure_only, ingestion)

"""Recordings of a speaker in a request: one or several files, or a reference to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.accounts.callers import Caller
from apps.uploads.admission import FORM_BYTES
from apps.uploads.services import HeldFile, SourceLimits, SourceOrder, hold_files, order_source

LIMITS: Final = SourceLimits(max_bytes=20_000_000, max_audio_seconds=600.0)
"""Limits on each recording."""
FULL_FILES: Final = 3
"""Recordings of the largest size that one request may carry; smaller ones as many as the plan allows."""
BODY_BYTES: Final = FULL_FILES * LIMITS.max_bytes + FORM_BYTES + settings.TTSAI_TEXT_BODY_BYTES


@dataclass(frozen=True, slots=True)
class RecordingsOrder:
    """Recordings that are validated and still to be ingested, one after the other."""

    first: SourceOrder
    held: tuple[HeldFile, ...] = ()


def order_recordings(
    caller: Caller, *, files: "Sequence[UploadedFile[Any]]", file_url: str | None, upload_id: str | None, param: str
) -> RecordingsOrder:
    """Validate the recordings and take over their files. Raises ApplicationError."""
    held = hold_files(caller, files=files[1:], limits=LIMITS, param=param)
    try:
        first = order_source(caller, file=files[0] if files else None, file_url=file_url, upload_id=upload_id, limits=LIMITS, param=param)
    except Exception:
        for file in held:
            file.spool.close()
        raise
    return RecordingsOrder(first, held)

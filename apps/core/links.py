"""Addresses that answers hold: absolute, as clients write them."""

from typing import Any
from uuid import UUID

from django.conf import settings

DOWNLOADS = "/static/downloads"


def public_base(request: Any) -> str:
    """The server's address as clients write it: TTSAI_PUBLIC_URL, or the one that this request used."""
    return str(settings.TTSAI_PUBLIC_URL).rstrip("/") or f"{request.scheme}://{request.get_host()}"


def download_url(request: Any, job_uuid: UUID, *, file_name: str) -> str:
    """Where a job's audio is downloaded, with or without a key."""
    return f"{public_base(request)}{DOWNLOADS}/{job_uuid.hex}/{file_name}"

"""Addresses that answers and webhooks hold: absolute, as clients write them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import DisallowedHost

DOWNLOADS = "/static/downloads"


def public_base(request: Any) -> str:
    """The server's address as clients write it: TTSAI_PUBLIC_URL, or the one that this request used."""
    return str(settings.TTSAI_PUBLIC_URL).rstrip("/") or f"{request.scheme}://{request.get_host()}"


def find_public_base(request: Any) -> str:
    """The same, to be kept for later; empty where the request's own Host is none that may be used."""
    try:
        return public_base(request)
    except DisallowedHost:
        return ""


def remembered_base(kept: str) -> str:
    """The server's address outside of any request: TTSAI_PUBLIC_URL, or what a request left, or this machine's own."""
    return str(settings.TTSAI_PUBLIC_URL or kept or settings.TTSAI_LOCAL_URL).rstrip("/")


def download_url(request: Any, job_uuid: UUID, *, file_name: str) -> str:
    """The URL of a job's audio, which opens with or without a key."""
    return download_url_at(public_base(request), job_uuid=job_uuid, file_name=file_name)


def download_url_at(base: str, *, job_uuid: UUID, file_name: str) -> str:
    """The same below a base."""
    return f"{base}{DOWNLOADS}/{job_uuid.hex}/{file_name}"

"""Absolute URLs in responses and webhooks."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import DisallowedHost

DOWNLOADS = "/static/downloads"


def public_base(request: Any) -> str:
    """Base URL of the server: TTSAI_PUBLIC_URL, or the address that this request used."""
    return str(settings.TTSAI_PUBLIC_URL).rstrip("/") or f"{request.scheme}://{request.get_host()}"


def find_public_base(request: Any) -> str:
    """Base URL to be stored with a job; empty if the request's Host is not allowed."""
    try:
        return public_base(request)
    except DisallowedHost:
        return ""


def public_base_or_default(kept: str) -> str:
    """Base URL outside of a request: TTSAI_PUBLIC_URL, the stored base of a request, or this machine's address."""
    return str(settings.TTSAI_PUBLIC_URL or kept or settings.TTSAI_LOCAL_URL).rstrip("/")


def download_url(request: Any, job_uuid: UUID, *, file_name: str) -> str:
    """URL of a job's audio, which opens with or without a key."""
    return download_url_at(public_base(request), job_uuid=job_uuid, file_name=file_name)


def download_url_at(base: str, *, job_uuid: UUID, file_name: str) -> str:
    """URL of a job's audio below a base."""
    return f"{base}{DOWNLOADS}/{job_uuid.hex}/{file_name}"

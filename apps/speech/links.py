"""Addresses of results: absolute, good without a key."""

from typing import Any

from django.conf import settings

from apps.jobs.models import Job
from workers.contract.formats import FORMATS

DOWNLOADS = "/static/downloads"


def result_url(request: Any, job: Job) -> str:
    """Where the job's audio is downloaded."""
    return f"{public_base(request)}{DOWNLOADS}/{job.uuid.hex}/{file_name(job.output_format)}"


def file_name(format_name: str) -> str:
    """What a result in this format is called."""
    return f"output.{FORMATS[format_name].extension}"


def public_base(request: Any) -> str:
    """The server's address as clients write it: TTSAI_PUBLIC_URL, or the one that this request used."""
    return str(settings.TTSAI_PUBLIC_URL).rstrip("/") or f"{request.scheme}://{request.get_host()}"

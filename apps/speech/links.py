"""Addresses of results: absolute, good without a key."""

from typing import Any

from apps.core.links import download_url
from apps.jobs.models import Job
from workers.contract.formats import FORMATS


def result_url(request: Any, job: Job) -> str:
    """Where the job's audio is downloaded."""
    return download_url(request, job.uuid, file_name=file_name(job.output_format))


def file_name(format_name: str) -> str:
    """What a result in this format is called."""
    return f"output.{FORMATS[format_name].extension}"

"""URLs of results: absolute, usable without a key."""

from apps.core.links import download_url_at
from apps.jobs.models import Job
from workers.contract.formats import extension_of


def result_address(base: str, job: Job) -> str:
    """URL of the job's audio."""
    return download_url_at(base, job_uuid=job.uuid, file_name=file_name(job.output_format))


def file_name(format_name: str) -> str:
    """File name of a result in this format."""
    return f"output.{extension_of(format_name)}"

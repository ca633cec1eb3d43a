"""URLs of results: absolute, usable without a key."""

from apps.core.links import download_url_at
from apps.jobs.models import Job
from apps.jobs.results import main_file_name


def result_address(base: str, job: Job) -> str:
    return download_url_at(base, job_uuid=job.uuid, file_name=main_file_name(job.output_format))

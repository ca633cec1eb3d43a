"""Job in the shape of GET /v1/speech/results/."""

from typing import Any

from apps.billing import prices
from apps.core.links import download_url_at
from apps.jobs.kinds import kind_of
from apps.jobs.models import Job, JobState
from apps.jobs.outcomes import DEFAULT_FAILURES, STATUS, cached_shape, failure_of, substitution_shape
from apps.jobs.results import ResultOutput
from apps.speech.links import result_address
from apps.speech.selectors import read_chapters, read_job_progress, read_overruns, read_words
from workers.contract.chapters import CHAPTERS
from workers.contract.dubbing import CUES


def result_shape(job: Job, *, base: str, has_words: bool) -> dict[str, Any]:
    """Response body; URLs begin with the base (apps/core/links.py)."""
    shape: dict[str, Any] = {"uuid": job.uuid.hex, "job_id": str(job.uuid), "status": STATUS[JobState(job.state)]}
    shape |= substitution_shape(job)
    if job.state == JobState.COMPLETED:
        return shape | _completed(job, base=base, has_words=has_words)
    if job.state in DEFAULT_FAILURES:
        code, message = failure_of(job)
        return shape | {"error": message, "code": code, "credits_used": prices.credits(job.charged_millicredits)}
    progress = read_job_progress(job)
    left = {} if progress.seconds_left is None else {"seconds_left": progress.seconds_left}
    return shape | {"progress": progress.share} | left


def document_of(job: Job) -> dict[str, Any]:
    """`result` of a completed job with a document: a transcript, a translation. Reads the store."""
    kind = kind_of(job)
    return {"result": kind.shape_result(job)} if kind.result_shape and job.state == JobState.COMPLETED else {}


def _completed(job: Job, *, base: str, has_words: bool) -> dict[str, Any]:
    output, url = job.main_output, result_address(base, job)
    shape: dict[str, Any] = {
        "result_url": url,
        "url": url,
        "cdn_url": url,
        "format": job.output_format,
        "duration": output.audio_seconds if output else None,
        "bytes": output.bytes if output else None,
        "credits_used": prices.credits(job.charged_millicredits),
        "expires_at": job.expires_at.isoformat() if job.expires_at else None,
    }
    if kind_of(job).read_params(job).has_credentials:
        shape["content_credentials"] = bool(output and output.is_signed)
    if len(job.outputs) > 1:
        shape["outputs"] = [_output_shape(output, job=job, base=base) for output in job.outputs]
    shape |= cached_shape(job)
    if job.find_output(CHAPTERS) is not None:
        shape["chapters"] = read_chapters(job)
    if job.find_output(CUES) is not None:
        shape["overruns"] = read_overruns(job)
    return shape | {"words": read_words(job)} if has_words else shape


def _output_shape(output: ResultOutput, *, job: Job, base: str) -> dict[str, Any]:
    """One file of a job that made several."""
    return {
        "name": output.name,
        "url": download_url_at(base, job_uuid=job.uuid, file_name=output.file_name),
        "content_type": output.media_type,
        "bytes": output.bytes or None,
        "sha256": output.sha256 or None,
    }

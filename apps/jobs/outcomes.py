"""Outcome of an ended job for clients: its status, and the reason for a missing result."""

from typing import Any

from apps.core.errors import ApplicationError, ConflictError
from apps.jobs.models import Job, JobState
from workers.contract import errors

STATUS = {
    JobState.QUEUED: "queued",
    JobState.RUNNING: "processing",
    JobState.COMPLETED: "completed",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
    # Clients of this API know `failed` and stop at it; the code tells that no worker took the job up in time.
    JobState.EXPIRED: "failed",
}
DEFAULT_FAILURES = {
    JobState.FAILED: ("internal_error", "The job failed."),
    JobState.CANCELLED: ("cancelled", "The job was cancelled."),
    JobState.EXPIRED: ("expired", "No worker took the job up in time."),
}
VOICE_BLOCKED = "voice_blocked"
"""Code of a job that would clone a voice on the operator's block list."""
CLIENT_ERROR_CODES = frozenset(
    {
        errors.UNKNOWN_VOICE,
        errors.UNSUPPORTED_LANGUAGE,
        errors.NOTHING_TO_SAY,
        errors.INVALID_TEXT,
        errors.BAD_AUDIO,
        errors.INVALID_REFERENCE,
        VOICE_BLOCKED,
    }
)
SERVER_ERROR_STATUS = {
    **dict.fromkeys((errors.ENGINE_UNAVAILABLE, errors.STORAGE_UNAVAILABLE, errors.OUT_OF_MEMORY, errors.WORKER_LOST, "expired"), 503),
    errors.TIMED_OUT: 504,
}
"""HTTP status of errors that a retry or another upstream server may avoid; every other error is a 500."""


def substitution_shape(job: Job) -> dict[str, Any]:
    """`model` and `model_used` if a stand-in does the work, and `warnings` if there are any."""
    named = {"model": job.asked_model, "model_used": job.model_used} if job.has_stand_in else {}
    return {**named, **({"warnings": job.warnings} if job.warnings else {})}


def cached_shape(job: Job) -> dict[str, Any]:
    """`cached` of a job whose result is that of an earlier request."""
    return {"cached": True} if job.is_cached else {}


def failure_of(job: Job) -> tuple[str, str]:
    """Code and message of a job that ended without a result."""
    code, message = DEFAULT_FAILURES[JobState(job.state)]
    return job.error_code or code, job.error_message or message


def failure_as_error(job: Job) -> ApplicationError:
    """Error for a job without a result: a client error if the request was at fault, otherwise a server error."""
    code, message = failure_of(job)
    extra = {"uuid": job.uuid.hex}
    if job.state == JobState.CANCELLED:
        return ConflictError(message, code=code, extra=extra)
    if code in CLIENT_ERROR_CODES:
        return ApplicationError(message, code=code, extra=extra)
    error = ApplicationError(message, code=code, status=SERVER_ERROR_STATUS.get(code, 500), extra=extra)
    error.type = "server_error"
    return error

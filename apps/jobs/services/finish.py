"""End of an attempt: a compare-and-set on its token; with the last part the job ends, in the same transaction."""

import logging
import re
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from apps.cache.services.objects import ClaimedFiles
from apps.core.platform_tasks import send_platform_task
from apps.core.storage import get_storage
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.kept_outputs import result_of_parts
from apps.jobs.manifests import InvalidManifestError, check_manifest
from apps.jobs.models import IN_FLIGHT_STATES, Job, Part, PartState
from apps.jobs.objects import output_key
from apps.jobs.pauses import pause_if_store_is_away
from apps.jobs.publishing import DISCARD_JOINED_PARTS
from apps.jobs.services.attempts import LARGEST_UNITS, begin_jobs, publish_progress, requeue_attempt
from apps.jobs.services.cached_results import claim_result, store_result
from apps.jobs.services.credentials import discard_signed, discard_unsigned, sign_outputs
from apps.jobs.services.part_receivers import PartRefusal, Write, receive_part
from apps.jobs.services.stages import advance_stage
from apps.jobs.services.terminal_states import complete_job, end_cancelled_job, fail_job, lock_job
from workers.contract import errors
from workers.contract.messages import Manifest, PartOutcome

logger = logging.getLogger(__name__)

RETRY_PAUSE_SECONDS = 2.0
"""Retry pause, multiplied by the number of attempts: an immediate retry would fail the same way."""
OUTAGE_PAUSE_SECONDS = 5.0
LONGEST_MESSAGE = 1000
_ERROR_CODE = re.compile(r"[a-z0-9_]{0,50}")
MOST_DEATHS = 3
"""Worker deaths during one part before it fails. Other parts may run beside it at the first death; afterwards it runs alone."""


class RetryReason(Enum):
    """Reason for retrying a part."""

    FAILURE = "failure"
    """The attempt failed, or ended for an unknown reason: it counts."""
    OUTAGE = "outage"
    """A server or a disk was unavailable, or the worker died because of another part: it does not count."""
    DEATH = "death"
    """The worker died while it computed this part: it counts, and the part runs alone from now on."""


def finish_part(outcome: PartOutcome) -> bool:
    """Apply an outcome. False if it changes nothing: it is late, repeated, or of another attempt."""
    part = _find_part(outcome)
    if part is None:
        return False
    outcome = _verify_outputs(_with_storable_values(outcome), part=part)
    outcome, write = _pass_to_receiver(outcome, part=part)
    if outcome.is_outage:
        pause_if_store_is_away(OUTAGE_PAUSE_SECONDS)
    outcome = sign_outputs(outcome, part=part)
    cached = claim_result(outcome, part=part)
    with transaction.atomic(durable=True):
        job = lock_job(part.job_id)
        queues = _apply(outcome, job=job, part=part, write=write, cached=cached)
    for queue in queues:
        dispatch_soon(queue)
    if not queues:
        discard_signed(outcome, part=part)  # another process applied the same outcome
    return bool(queues)


def _find_part(outcome: PartOutcome) -> Part | None:
    try:
        token, job_uuid, index = UUID(outcome.token), UUID(outcome.job), int(outcome.part)
    except (ValueError, TypeError, AttributeError):
        logger.warning("an outcome of worker %s names no part", outcome.worker)
        return None
    return Part.objects.filter(token=token, job_id=job_uuid, index=index, state__in=IN_FLIGHT_STATES).select_related("job").first()


def _with_storable_values(outcome: PartOutcome) -> PartOutcome:
    """The outcome with valid plain values: a worker may be old, broken or hostile."""
    units_done, code, message = outcome.units_done, outcome.error_code, outcome.error_message
    return replace(
        outcome,
        units_done=units_done if isinstance(units_done, int) and abs(units_done) < LARGEST_UNITS else 0,
        error_code=code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else errors.INTERNAL_ERROR,
        error_message=(message if isinstance(message, str) else "").replace("\0", "").encode(errors="replace").decode()[:LONGEST_MESSAGE],
    )


def _verify_outputs(outcome: PartOutcome, *, part: Part) -> PartOutcome:
    """Verify a completed outcome: its manifest belongs to this attempt and its outputs are all stored completely; otherwise it becomes a failure
    to retry.
    """
    if outcome.status != "completed":
        return outcome
    manifest = outcome.manifest
    if manifest is None:
        return _failed(outcome, message="The worker left no manifest.")
    try:
        check_manifest(manifest, part=part)
    except InvalidManifestError as error:
        return _failed(outcome, message=f"The worker's manifest is of no use: {error}.")
    for output in manifest.outputs:
        stored = get_storage().stat(output_key(part, output.name))
        if stored is None or stored.bytes != output.bytes or stored.bytes == 0:
            return _failed(outcome, message=f"The output {output.name} was not stored whole.")
    return replace(outcome, manifest=replace(manifest, outputs=tuple(replace(output, signed_name="") for output in manifest.outputs)))


def _pass_to_receiver(outcome: PartOutcome, *, part: Part) -> tuple[PartOutcome, Write | None]:
    """Show a completed outcome to the receiver of its kind: what that writes, or the outcome as a failure if it refuses."""
    if outcome.status != "completed" or outcome.manifest is None:
        return outcome, None
    received = receive_part(part, manifest=outcome.manifest)
    if not isinstance(received, PartRefusal):
        return outcome, received
    return (
        replace(
            outcome,
            status="failed",
            manifest=None,
            error_code=received.code,
            error_message=received.message,
            is_retryable=received.is_retryable,
        ),
        None,
    )


def _failed(outcome: PartOutcome, *, message: str) -> PartOutcome:
    logger.warning("part %s of job %s by worker %s: %s", outcome.part, outcome.job, outcome.worker, message)
    return replace(outcome, status="failed", manifest=None, error_code=errors.STORAGE_UNAVAILABLE, error_message=message, is_retryable=True)


def _apply(outcome: PartOutcome, *, job: Job, part: Part, write: Write | None, cached: ClaimedFiles | None) -> list[str]:
    """Apply the outcome inside the transaction, with the job locked. Returns the queues to dispatch; none if nothing changed."""
    if job.is_over:
        return []
    if outcome.status == "completed" and outcome.manifest is not None:
        return _complete_part(outcome.manifest, job=job, part=part, write=write, cached=cached)
    if job.cancel_requested_at is not None:
        return _cancel_part(outcome, job=job, part=part)
    if outcome.status == "failed" and not outcome.is_retryable:
        return _fail_part(job, part=part, code=outcome.error_code, message=outcome.error_message, units_done=outcome.units_done)
    # Failed and worth another try; or stopped by a worker that nobody had asked to.
    code = outcome.error_code or errors.WORKER_LOST
    reason = RetryReason.OUTAGE if outcome.is_outage else RetryReason.FAILURE
    pause_seconds = OUTAGE_PAUSE_SECONDS if outcome.is_outage else RETRY_PAUSE_SECONDS * part.attempts
    return retry_part(
        job,
        part=part,
        code=code,
        message=outcome.error_message,
        units_done=outcome.units_done,
        pause_seconds=pause_seconds,
        reason=reason,
    )


def retry_part(
    job: Job,
    *,
    part: Part,
    code: str,
    message: str,
    units_done: int = 0,
    pause_seconds: float = 0.0,
    reason: RetryReason = RetryReason.FAILURE,
) -> list[str]:
    """Give the part to another worker, or fail the job after the last attempt. The job is locked.

    An outage counts once the job has waited for TTSAI_JOB_QUEUE_SECONDS, so that retries end.
    """
    is_young = timezone.now() - job.created_at < timedelta(seconds=settings.TTSAI_JOB_QUEUE_SECONDS)
    is_counted, has_died = reason is not RetryReason.OUTAGE or not is_young, reason is RetryReason.DEATH
    if is_counted and (part.attempts >= settings.TTSAI_PART_ATTEMPTS or part.deaths + has_died >= MOST_DEATHS):
        return _fail_part(job, part=part, code=code, message=message, units_done=units_done)
    if part.token is None or not requeue_attempt(
        part.token, delay_seconds=pause_seconds, error_code=code, units_done=units_done, is_counted=is_counted, has_died=has_died
    ):
        return []
    return [part.queue]


def close_part(part: Part, *, state: PartState, **changes: object) -> bool:
    """Compare-and-set of the part's state. False if the attempt had ended."""
    rows = Part.objects.filter(pk=part.pk, token=part.token, state__in=IN_FLIGHT_STATES)
    return rows.update(state=state, finished_at=timezone.now(), lease_expires_at=None, **changes) == 1


def end_if_cancelled(job: Job) -> None:
    """End a job that is being cancelled once none of its parts is with a worker. The job is locked."""
    if not Part.objects.filter(job_id=job.uuid, state__in=IN_FLIGHT_STATES).exists():
        end_cancelled_job(job, reason=job.error_message)


def _fail_part(job: Job, *, part: Part, code: str, message: str, units_done: int) -> list[str]:
    if not close_part(part, state=PartState.FAILED, error_code=code, units_done=_units_reported(part, units_done)):
        return []
    fail_job(job, code=code or errors.INTERNAL_ERROR, message=message or "The work could not be done.")
    return [part.queue]


def _cancel_part(outcome: PartOutcome, *, job: Job, part: Part) -> list[str]:
    if not close_part(part, state=PartState.CANCELLED, units_done=_units_reported(part, outcome.units_done)):
        return []
    end_if_cancelled(job)
    return [part.queue]


def _units_reported(part: Part, units_done: int) -> Greatest:
    """Most units reported by any attempt, within the part's units; read from the row, since a heartbeat may be newer than `part`."""
    return Greatest("units_done", Value(min(max(units_done, 0), part.units)))


def _complete_part(manifest: Manifest, *, job: Job, part: Part, write: Write | None, cached: ClaimedFiles | None) -> list[str]:
    if not close_part(part, state=PartState.DONE, manifest=manifest.to_dict(), units_done=part.units):
        return []
    if write is not None:
        write(job)
    if job.part_count == 1 or not Part.objects.filter(job_id=job.uuid).exclude(state=PartState.DONE).exists():
        store_result(job, files=cached)
        complete_job(job, result=result_of_parts(part, manifest=manifest).to_dict())
        transaction.on_commit(partial(discard_unsigned, manifest, part=part))
        if job.part_count > 1 or not all(spec.is_kept for spec in part.output_specs):
            transaction.on_commit(partial(send_platform_task, DISCARD_JOINED_PARTS, job.uuid.hex))
        return [part.queue]
    if job.cancel_requested_at is not None:
        end_if_cancelled(job)
        return [part.queue]
    begin_jobs([job.uuid])  # the message that it was taken up may be lost
    transaction.on_commit(lambda: publish_progress([job.uuid]))
    return advance_stage(job, part=part)

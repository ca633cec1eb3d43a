"""Attempts of lost workers: their output is adopted if it was stored, otherwise the part goes to another worker."""

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.core.ids import find_uuid
from apps.core.storage import MissingObjectError, StorageAwayError
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.manifests import InvalidManifestError, read_manifest
from apps.jobs.models import IN_FLIGHT_STATES, Part, PartState
from apps.jobs.services.claims import may_have_started
from apps.jobs.services.finish import RetryReason, close_part, end_if_cancelled, finish_part, retry_part
from apps.jobs.services.isolation import log_errors_and_continue
from apps.jobs.services.terminal_states import lock_job
from workers.contract import errors
from workers.contract.messages import PartOutcome

logger = logging.getLogger(__name__)

LOST_MESSAGE = "Every worker that took this up was lost."
WEDGED_SECONDS = 60.0
"""Pause before a part whose recovery raised is tried again, so that it does not block the others."""

ReasonFinder = Callable[[Part], RetryReason]


def recover_expired(parts: Iterable[Part]) -> int:
    """Recover parts with expired leases. A part that was never started lost only its message; for the others the cause of the worker's
    death is unknown.
    """
    return _recover_each(parts, find_reason=lambda part: RetryReason.FAILURE if _was_started(part) else RetryReason.OUTAGE)


def recover_from_other_boots(worker: str, *, boot: str, died_computing: Collection[str] | None) -> int:
    """Recover the parts of a restarted worker. The parts that it was computing may have killed it."""
    held = Q(worker=worker) & ~Q(boot=boot)
    if died_computing is None:
        return _recover_each(Part.objects.filter(held, state__in=IN_FLIGHT_STATES), find_reason=lambda _: RetryReason.FAILURE)
    suspects = {token for text in died_computing if (token := find_uuid(str(text))) is not None}
    # A suspect may have died before the platform heard that it was taken up.
    parts = Part.objects.filter(held | Q(token__in=suspects), state__in=IN_FLIGHT_STATES)
    return _recover_each(parts, find_reason=lambda part: RetryReason.DEATH if part.token in suspects else RetryReason.OUTAGE)


def recover_from_stopped(worker: str, *, boot: str, held: Iterable[str]) -> int:
    """Recover parts that a stopping worker neither holds nor finished; they are not to blame."""
    tokens = [token for text in held if (token := find_uuid(str(text))) is not None]
    parts = Part.objects.filter(worker=worker, boot=boot, state=PartState.RUNNING).exclude(token__in=tokens)
    return _recover_each(parts, find_reason=lambda _: RetryReason.OUTAGE)


def _recover_each(parts: Iterable[Part], *, find_reason: ReasonFinder) -> int:
    """Adopt or requeue each; returns the number of changes. Nothing is decided while the store is unavailable."""
    changed = 0
    for part in parts:
        try:
            with log_errors_and_continue(f"recovery of part {part}") as step:
                changed += _recover(part, find_reason=find_reason)
        except StorageAwayError as error:
            logger.warning("part %s is not recovered yet: %s", part, error.message)
            continue
        if step.has_failed:
            later = timezone.now() + timedelta(seconds=WEDGED_SECONDS)
            Part.objects.filter(pk=part.pk, token=part.token, state__in=IN_FLIGHT_STATES).update(lease_expires_at=later)
    return changed


def _recover(part: Part, *, find_reason: ReasonFinder) -> bool:
    if _adopt(part):
        return True
    reason = find_reason(part)
    with transaction.atomic(durable=True):
        job = lock_job(part.job_id)
        if job.is_over:
            return False
        if job.cancel_requested_at is not None:
            queues = [part.queue] if close_part(part, state=PartState.CANCELLED) else []
            end_if_cancelled(job)
        else:
            queues = retry_part(job, part=part, code=errors.WORKER_LOST, message=LOST_MESSAGE, reason=reason)
    for queue in queues:
        dispatch_soon(queue)
    return bool(queues)


def _was_started(part: Part) -> bool:
    """True if a worker may have started the attempt: it claims the token first, and its message to the platform may be lost."""
    if part.state == PartState.RUNNING or part.token is None:
        return True
    return may_have_started(part.token)


def _adopt(part: Part) -> bool:
    """Adopt the output that the lost worker stored. False if there is no valid one: the part is done again."""
    try:
        manifest = read_manifest(part)
    except MissingObjectError:
        return False
    except InvalidManifestError as error:
        logger.warning("the manifest of part %s is of no use: %s", part, error)
        return False
    outcome = PartOutcome(
        job=part.job_id.hex, part=part.index, token=manifest.token, worker=part.worker, status="completed", manifest=manifest
    )
    with log_errors_and_continue(
        f"adoption of the manifest of part {part}"
    ):  # else it would wedge its job: another attempt writes another manifest
        return finish_part(outcome)
    return False

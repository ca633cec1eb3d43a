"""Attempts whose worker is lost: their output is adopted if it was stored, else their part goes to another worker."""

import json
import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.core.storage import MissingObjectError, StorageAwayError, get_storage
from apps.jobs.dispatch import dispatch_soon
from apps.jobs.models import IN_FLIGHT_STATES, Part, PartState
from apps.jobs.objects import MANIFEST, part_folder
from apps.jobs.services.endings import lock_job
from apps.jobs.services.finish import close_part, end_if_cancelled, finish_part, retry_part
from workers.contract import errors
from workers.contract.messages import Manifest, PartOutcome

logger = logging.getLogger(__name__)

LOST_MESSAGE = "Every worker that took this up was lost."


def recover_parts(parts: Iterable[Part]) -> int:
    """Adopt or requeue each; how many changed. With the store away nothing is known, so nothing is decided."""
    changed = 0
    for part in parts:
        try:
            changed += _recover(part)
        except StorageAwayError as error:
            logger.warning("part %s is not recovered yet: %s", part, error.message)
        except Exception:  # one part that cannot be read must not keep the others from being recovered
            logger.exception("part %s cannot be recovered", part)
    return changed


def recover_from_other_boots(worker: str, *, boot: str) -> int:
    """The worker started anew: what it held before is lost."""
    return recover_parts(Part.objects.filter(worker=worker, state__in=IN_FLIGHT_STATES).exclude(boot=boot))


def recover_from_stopped(worker: str, *, boot: str, held: Iterable[str]) -> int:
    """The worker is stopping: what it does not hold any more, and did not finish, is lost."""
    tokens = [UUID(token) for token in held]
    return recover_parts(Part.objects.filter(worker=worker, boot=boot, state=PartState.RUNNING).exclude(token__in=tokens))


def _recover(part: Part) -> bool:
    manifest = _find_manifest(part)
    if manifest is not None:
        outcome = PartOutcome(
            job=part.job_id.hex, part=part.index, token=manifest.token, worker=part.worker, status="completed", manifest=manifest
        )
        return finish_part(outcome)
    with transaction.atomic(durable=True):
        job = lock_job(part.job_id)
        if job.is_over:
            return False
        if job.cancel_requested_at is not None:
            queues = [part.queue] if close_part(part, state=PartState.CANCELLED) else []
            end_if_cancelled(job)
        else:
            queues = retry_part(job, part=part, code=errors.WORKER_LOST, message=LOST_MESSAGE, pause_seconds=0.0)
    for queue in queues:
        dispatch_soon(queue)
    return bool(queues)


def _find_manifest(part: Part) -> Manifest | None:
    """What the lost worker left beside its output. One that cannot be read counts as none."""
    try:
        return Manifest.from_dict(json.loads(get_storage().read_bytes(f"{part_folder(part)}/{MANIFEST}")))
    except MissingObjectError:
        return None
    except (ValueError, TypeError):
        logger.warning("the manifest of part %s cannot be read", part)
        return None

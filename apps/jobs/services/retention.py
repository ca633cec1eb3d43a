"""Retention: results are deleted after the plan's period, with the text that they were made from. The job's row stays, for usage and
accounting.
"""

import logging
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from apps.cache.services.objects import release_objects
from apps.core.platform_tasks import send_platform_task
from apps.core.storage import StorageAwayError, get_storage
from apps.jobs.kinds import kind_of
from apps.jobs.models import ACTIVE_STATES, Job, JobState, Part, PartState
from apps.jobs.objects import job_folder, output_key, part_folder
from apps.jobs.publishing import EXPIRE_RESULTS
from apps.jobs.services.idempotency import forget_keys

logger = logging.getLogger(__name__)

BATCH = 200
FORGOTTEN_ADDRESS = "address:"

# A share that the clock has passed says the same as none.
FORGET_SHARES = """
DELETE FROM jobs_fairshare AS share USING jobs_fairshare AS clock
WHERE share.tenant <> '' AND clock.queue = share.queue AND clock.tenant = '' AND share.virtual_time <= clock.virtual_time
"""


def expire_results() -> int:
    """Delete expired results; returns the number of jobs."""
    deleted = 0
    while jobs := list(Job.objects.filter(expires_at__lt=Now(), result_deleted_at=None).order_by("expires_at")[:BATCH]):
        for job in jobs:
            try:
                delete_result(job)
            except StorageAwayError as error:
                logger.warning("expired results wait for the store: %s", error.message)
                return deleted
            deleted += 1
    return deleted


def expire_now(jobs: QuerySet[Job]) -> int:
    """Expire results of finished jobs, in every format: refused from now on (410) and deleted soon after the transaction; returns the
    number of jobs.
    """
    over = list(jobs.filter(result_deleted_at=None).exclude(state__in=ACTIVE_STATES).values_list("uuid", flat=True))
    Job.objects.filter(Q(uuid__in=over) | Q(rendition_of__source__in=over), result_deleted_at=None).update(expires_at=Now())
    transaction.on_commit(partial(send_platform_task, EXPIRE_RESULTS))
    return len(over)


def delete_result(job: Job) -> None:
    """Delete all objects of the job, its text, its webhook URL, and the address of an anonymous caller.

    Objects first: if this stops half way, the next run continues.
    """
    get_storage().delete_prefix(job_folder(job.tenant, job=job.uuid))
    Part.objects.filter(job_id=job.uuid).delete()
    release_objects([job.uuid])
    params = kind_of(job).params.without_forgotten(job.params)
    tenant = FORGOTTEN_ADDRESS if job.tenant.startswith("address:") else job.tenant
    Job.objects.filter(uuid=job.uuid).update(result_deleted_at=Now(), params=params, tenant=tenant, webhook_url="")


def discard_joined_parts(job_uuid: UUID) -> int:
    """Delete intermediate outputs of parts, and all outputs of a job without a result; returns their number.

    Lossless audio is far larger than the result, and a prepared recording is the customer's data.
    """
    job = Job.objects.get(uuid=job_uuid)
    if not job.is_over:
        return 0
    done = Part.objects.filter(job_id=job.uuid, state=PartState.DONE)
    return sum(_discard_outputs(part, is_any_kept=job.state == JobState.COMPLETED) for part in done)


def _discard_outputs(part: Part, *, is_any_kept: bool) -> bool:
    """Delete the outputs of a part that are not kept; True if there were any."""
    kept = [spec for spec in part.output_specs if spec.is_kept] if is_any_kept else []
    if not kept:
        get_storage().delete_prefix(part_folder(part))
        return True
    others = [spec for spec in part.output_specs if spec not in kept]
    for spec in others:
        get_storage().delete(output_key(part, spec.name))
    return bool(others)


def forget_old_rows() -> None:
    """Delete expired idempotency keys and fair shares."""
    forget_keys()
    with connection.cursor() as cursor:
        cursor.execute(FORGET_SHARES)

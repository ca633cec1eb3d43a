"""Celery tasks: messages of workers, and the beat schedule."""

from typing import Any
from uuid import UUID

from celery import shared_task
from structlog.contextvars import bound_contextvars

from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.jobs.dispatch import dispatch_all
from apps.jobs.publishing import DISCARD_JOINED_PARTS, EXPIRE_RESULTS
from apps.jobs.services.attempts import start_part
from apps.jobs.services.cached_results import SETTLE_FOLLOWERS
from apps.jobs.services.finish import finish_part
from apps.jobs.services.followers import settle_followers
from apps.jobs.services.reap import reap
from apps.jobs.services.retention import discard_joined_parts, expire_results, forget_old_rows
from apps.jobs.services.workers import handle_announcement, handle_heartbeat
from workers.contract import names
from workers.contract.messages import Announcement, Heartbeat, PartOutcome, PartStarted


@shared_task(name=names.ANNOUNCE, ignore_result=True)
def announce(message: dict[str, Any]) -> None:
    handle_announcement(Announcement.from_dict(message))


@shared_task(name=names.HEARTBEAT, ignore_result=True)
def heartbeat(message: dict[str, Any]) -> None:
    handle_heartbeat(Heartbeat.from_dict(message))


@shared_task(name=names.PART_STARTED, ignore_result=True)
def part_started(message: dict[str, Any]) -> None:
    start_part(PartStarted.from_dict(message))


@shared_task(name=names.PART_FINISHED, ignore_result=True)
def part_finished(message: dict[str, Any]) -> None:
    outcome = PartOutcome.from_dict(message)
    with bound_contextvars(job=outcome.job, part=outcome.part, worker=outcome.worker):
        finish_part(outcome)


@shared_task(name="platform.dispatch", ignore_result=True)
def dispatch_queues() -> None:
    """Every second: dispatch parts left waiting by a lost call."""
    dispatch_all()


@shared_task(name="platform.reap", ignore_result=True)
def reap_attempts() -> None:
    """Every two seconds: settle expired leases."""
    reap()


@shared_task(name=EXPIRE_RESULTS, ignore_result=True)
def delete_expired_results() -> None:
    """Hourly, and when an owner deletes results: delete expired results."""
    expire_results()


@shared_task(name=DISCARD_JOINED_PARTS, ignore_result=True)
def discard(job: str) -> None:
    """Delete a job's intermediate outputs after its end."""
    discard_joined_parts(UUID(job))


@shared_task(name=SETTLE_FOLLOWERS, ignore_result=True)
def settle(scope: str, key: str) -> None:
    """Settle the jobs that follow one that has ended."""
    settle_followers(scope, key=key)


@shared_task(name="platform.forget_old_rows", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget() -> None:
    """Hourly: delete expired idempotency keys."""
    forget_old_rows()

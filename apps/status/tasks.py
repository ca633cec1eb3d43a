"""Celery tasks of the app."""

from typing import Any

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from apps.core.postgres.base import MAINTENANCE_SECONDS, statement_limit
from apps.status.services.outage_watch import OutageWatch
from apps.status.services.recording import forget_old, probe_minute

_watch = OutageWatch()


@worker_init.connect
def start_watch(**_: Any) -> None:
    """Watch the broker from the worker's start on, which may wait for it."""
    _watch.start()


@worker_shutting_down.connect
def stop_watch(**_: Any) -> None:
    _watch.stop()


@shared_task(name="platform.probe_status", ignore_result=True)
def probe_status() -> None:
    """Every minute: probe every component."""
    probe_minute()


@shared_task(name="platform.forget_status", ignore_result=True)
@statement_limit(MAINTENANCE_SECONDS)
def forget_status() -> None:
    forget_old()

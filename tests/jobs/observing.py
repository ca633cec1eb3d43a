"""Helpers for job tests: observe jobs and run calls concurrently."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis
from django.db import connection
from django.utils import timezone

from apps.billing.models import LedgerEntry
from apps.core.errors import ApplicationError
from apps.jobs.models import Job, Part
from apps.jobs.services.workers import handle_heartbeat
from tests.factories_jobs import BOOT, WORKER
from workers.contract import names
from workers.contract.messages import Heartbeat, InFlight


def together(function: Callable[[int], Any], *, count: int) -> list[Any]:
    """Run a function in `count` threads at once; returns results and expected errors."""
    barrier, answers = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = function(number)
        except ApplicationError as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def everything() -> str:
    """All rows that a message could change."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Job, Part, LedgerEntry)]
    return json.dumps(rows, default=str)


def events(valkey: redis.Redis, job: Job) -> list[dict[str, object]]:
    """Return the events in the job's stream."""
    return [json.loads(fields[b"data"]) for _, fields in valkey.xrange(names.job_stream(job.uuid.hex))]


def beat(*parts: Part, units_done: int = 0, sent_at: float | None = None, **changes: Any) -> None:
    """Send a heartbeat of a worker that holds these parts."""
    values: dict[str, Any] = {
        "worker": WORKER,
        "boot": BOOT,
        "sent_at": time.time() if sent_at is None else sent_at,
        "in_flight": tuple(InFlight(token=part.token.hex, units_done=units_done) for part in parts),
    }
    handle_heartbeat(Heartbeat(**{**values, **changes}))


def age_leases(seconds: float = 60) -> None:
    """Age every lease by this many seconds."""
    for part in Part.objects.exclude(lease_expires_at=None):
        part.lease_expires_at -= timedelta(seconds=seconds)
        part.save(update_fields=["lease_expires_at"])


def lease_seconds(part: Part) -> float:
    """Seconds until the lease of the part expires."""
    lease = Part.objects.get(pk=part.pk).lease_expires_at
    return (lease - timezone.now()).total_seconds()

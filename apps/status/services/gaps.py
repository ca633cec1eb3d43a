"""Minutes without a probe because the broker was away and the worker could not run: recorded afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from apps.core.valkey import ValkeyAway, client
from apps.status.components import BROKER, NEED_BROKER, State
from apps.status.models import Minute
from apps.status.services.job_probes import Result

MOST_MINUTES: Final = 24 * 60
MINUTE: Final = timedelta(minutes=1)


def find_outage(now: datetime) -> Iterator[tuple[datetime, dict[str, Result]]]:
    """Minutes since the last probe in which the broker was down, with what is known of them: the broker, and what needs it.

    Known are those before Valkey's own start, if the database ran through them: where both were started anew the whole installation was
    stopped, and nothing is known.
    """
    last = Minute.objects.order_by("-minute").first()
    started = _broker_start(now)
    if last is None or started is None or started <= last.minute + MINUTE or _database_start() >= last.minute:
        return
    down = {name: (State.DOWN, None) for name in (BROKER, *NEED_BROKER) if name in last.results}
    minute = max(last.minute + MINUTE, started.replace(second=0, microsecond=0) - MOST_MINUTES * MINUTE)
    while minute < started and minute < now.replace(second=0, microsecond=0):
        yield minute, dict(down)
        minute += MINUTE


def _broker_start(now: datetime) -> datetime | None:
    try:
        server: Any = client().info("server")
    except ValkeyAway:
        return None
    return now - timedelta(seconds=int(server["uptime_in_seconds"]))


def _database_start() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        started: datetime = cursor.fetchone()[0]
    return started

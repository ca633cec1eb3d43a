"""Records of probes: a row for the minute, counts for the day. While the database is away, results wait in Valkey."""

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from apps.core.valkey import ValkeyAway, client
from apps.status.components import State
from apps.status.models import Day, Minute
from apps.status.services.gaps import find_outage
from apps.status.services.job_probes import Result
from apps.status.services.probes import run_probes

logger = logging.getLogger(__name__)

PENDING_KEY: Final = "status:pending"
MOST_PENDING: Final = 3 * 24 * 60
CLAIM_KEY: Final = "status:claimed"
CLAIM_SECONDS: Final = 180
KEPT_MINUTES: Final = timedelta(days=7)
KEPT_DAYS: Final = timedelta(days=120)

COUNT: Final = """
INSERT INTO status_day (component, day, up, degraded, down) VALUES (%(component)s, %(day)s, %(up)s, %(degraded)s, %(down)s)
ON CONFLICT (component, day) DO UPDATE SET up = status_day.up + excluded.up, degraded = status_day.degraded + excluded.degraded,
    down = status_day.down + excluded.down
"""


def probe_minute(now: datetime | None = None) -> bool:
    """Probe and record this minute, once in the whole installation; False if another process did."""
    minute = (now or timezone.now()).replace(second=0, microsecond=0)
    if not _claim(minute):
        return False
    results = run_probes()
    try:
        _record_pending()
        for missed, known in find_outage(minute):
            record(missed, known)
        record(minute, results)
    except DatabaseError as error:
        logger.warning("status: the results of %s wait for the database (%s)", minute, type(error).__name__)
        _keep(minute, results)
    return True


def record(minute: datetime, results: Mapping[str, Result]) -> bool:
    """Write the results of a minute, unless it has some; the day counts each minute once."""
    with transaction.atomic():
        shown = {name: list(result) for name, result in results.items()}
        _, is_new = Minute.objects.get_or_create(minute=minute, defaults={"results": shown})
        if not is_new:
            return False
        with connection.cursor() as cursor:
            for component, (state, _) in results.items():
                counts = {name.value: int(state == name) for name in State}
                cursor.execute(COUNT, {"component": component, "day": minute.date(), **counts})
    return True


def forget_old() -> None:
    """Delete minutes and days that no page shows any more."""
    now = timezone.now()
    Minute.objects.filter(minute__lt=now - KEPT_MINUTES).delete()
    Day.objects.filter(day__lt=(now - KEPT_DAYS).date()).delete()


def _claim(minute: datetime) -> bool:
    """True for the first process that asks for the minute. Without Valkey no task arrives at all, but by hand it may: then the row decides."""
    try:
        return bool(client().set(f"{CLAIM_KEY}:{minute:%Y%m%d%H%M}", 1, nx=True, ex=CLAIM_SECONDS))
    except ValkeyAway:
        return True


def _keep(minute: datetime, results: Mapping[str, Result]) -> None:
    row = json.dumps([minute.isoformat(), {name: list(result) for name, result in results.items()}])
    try:
        client().rpush(PENDING_KEY, row)
        client().ltrim(PENDING_KEY, -MOST_PENDING, -1)
    except ValkeyAway:
        logger.warning("status: the results of %s are lost", minute)


def _record_pending() -> None:
    while (row := _first_pending()) is not None:
        minute, results = json.loads(row)
        record(datetime.fromisoformat(minute), {name: (State(state), took) for name, (state, took) in results.items()})
        client().lrem(PENDING_KEY, 1, row)


def _first_pending() -> Any:
    try:
        return client().lindex(PENDING_KEY, 0)
    except ValkeyAway:
        return None

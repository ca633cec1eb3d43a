"""How the platform is: made once in half a minute in each process, whoever asks how often."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from apps.catalog.selectors import count_live_workers, list_loaded_models
from apps.core.valkey import ValkeyAway, client
from apps.jobs.selectors import count_queued_jobs

KEPT_SECONDS = 30.0
TROUBLE_KEPT_SECONDS = 2.0
"""Bad news is looked at again soon."""


@dataclass(frozen=True, slots=True)
class Health:
    """What /v1/health/ tells."""

    status: str
    """online; degraded when the database or the broker is away, or no worker is alive."""
    latency_ms: int
    """Of one question to the database and one to the broker."""
    queue_size: int
    models_loaded: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The answer's body."""
        return {
            "status": self.status,
            "latency_ms": self.latency_ms,
            "queue_size": self.queue_size,
            "models_loaded": list(self.models_loaded),
        }


class HealthBoard:
    """The latest picture. One request at a time takes a new one, and meanwhile others get the old one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: Health | None = None
        self._good_until = 0.0

    def read(self) -> Health:
        """The picture, at most KEPT_SECONDS old unless a new one is being taken."""
        latest = self._latest
        if latest is not None and time.monotonic() < self._good_until:
            return latest
        if not self._lock.acquire(blocking=latest is None):
            return latest or self.read()
        try:
            self._latest = latest = look()
            self._good_until = time.monotonic() + (KEPT_SECONDS if latest.status == "online" else TROUBLE_KEPT_SECONDS)
        finally:
            self._lock.release()
        return latest

    def forget(self) -> None:
        """Look anew at the next read."""
        self._latest = None


def look() -> Health:
    """Ask the database and the broker."""
    started = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        client().ping()
        latency = time.monotonic() - started
        has_workers = count_live_workers() > 0
        return Health(
            status="online" if has_workers else "degraded",
            latency_ms=max(1, round(latency * 1000)),
            queue_size=count_queued_jobs(),
            models_loaded=tuple(list_loaded_models()),
        )
    except (DatabaseError, *ValkeyAway):
        return Health(status="degraded", latency_ms=round((time.monotonic() - started) * 1000), queue_size=0, models_loaded=())


board = HealthBoard()

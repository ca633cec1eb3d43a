"""Platform health: which servers answer, whether a worker is alive, whether the disk has room.

Each server is checked on a thread of its own. A server that hangs occupies one thread and counts as away; no request waits longer than
CHECK_SECONDS, and further requests start no further threads.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import connections

from apps.catalog.selectors import count_live_workers, list_loaded_models
from apps.core.disk import is_reserve_reached
from apps.core.storage import get_storage
from apps.core.valkey import client
from apps.jobs.selectors import count_queued_jobs

logger = logging.getLogger(__name__)

KEPT_SECONDS: Final = 2.0
CHECK_SECONDS: Final = 2.0
"""Timeout after which a server counts as away."""

DATABASE: Final = "database"
BROKER: Final = "broker"
STORE: Final = "store"
DISK: Final = "disk"
WORKERS: Final = "workers"

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Health:
    away: tuple[str, ...]
    """Missing parts among database, broker, store, disk (its reserve is reached) and workers (none is alive)."""
    latency_ms: int
    """Latency of the database and of the broker."""
    queue_size: int
    models_loaded: tuple[str, ...]

    @property
    def status(self) -> str:
        """`online`, or `degraded` if a part is missing."""
        return "degraded" if self.away else "online"

    def to_dict(self) -> dict[str, Any]:
        """Body of GET /v1/health/."""
        return {
            "status": self.status,
            "latency_ms": self.latency_ms,
            "queue_size": self.queue_size,
            "models_loaded": list(self.models_loaded),
            "away": list(self.away),
        }

    @property
    def headers(self) -> dict[str, str]:
        """Cache headers: a degraded state is not cached."""
        return {"Cache-Control": "no-store" if self.away else "public, max-age=30"}


@dataclass(frozen=True, slots=True)
class _DatabaseFacts:
    seconds: float
    live_workers: int
    queue_size: int
    models_loaded: tuple[str, ...]


class _Check(Generic[Facts]):
    """Check of one server. At most one thread at a time, also while the server hangs."""

    def __init__(self, name: str, look: Callable[[], Facts]) -> None:
        self._name = name
        self._look = look
        self._result: Future[Facts] | None = None

    def start(self) -> "Future[Facts]":
        if self._result is None or self._result.done():
            result: Future[Facts] = Future()
            threading.Thread(target=self._run, args=(result,), name=f"health-{self._name}", daemon=True).start()
            self._result = result  # only now: a thread that cannot start would leave everybody waiting
        return self._result

    def _run(self, result: "Future[Facts]") -> None:
        try:
            result.set_result(self._look())
        except Exception as error:  # noqa: BLE001 - the edge of this thread: whatever keeps the server from answering, it is away
            logger.warning("health: %s is away (%s)", self._name, type(error).__name__)
            result.set_exception(error)
        finally:
            connections.close_all()


class HealthMonitor:
    """Runs one round of checks at a time and keeps its result for KEPT_SECONDS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._round: Future[Health] | None = None
        self._good_until = 0.0
        self._database = _Check(DATABASE, _ask_database)
        self._broker = _Check(BROKER, _ask_broker)
        self._store = _Check(STORE, lambda: get_storage().check())
        self._disk = _Check(DISK, is_reserve_reached)

    def ask(self) -> "Future[Health]":
        """Current health: a recent result, or that of the round in progress. Ready within CHECK_SECONDS, and never an exception."""
        with self._lock:
            if self._round is None or (self._round.done() and time.monotonic() >= self._good_until):
                begun: Future[Health] = Future()
                threading.Thread(target=self._run, args=(begun,), name="health", daemon=True).start()
                self._round = begun
            return self._round

    def read(self) -> Health:
        """Current health, for callers that may block."""
        return self.ask().result()

    def forget(self) -> None:
        """Check again at the next call."""
        with self._lock:
            self._round = None

    def _run(self, result: "Future[Health]") -> None:
        database, broker, store, disk = self._database.start(), self._broker.start(), self._store.start(), self._disk.start()
        started: list[Future[Any]] = [database, broker, store, disk]
        wait(started, timeout=CHECK_SECONDS)
        facts, broker_seconds = _result_of(database), _result_of(broker)
        away = []
        if facts is None:
            away.append(DATABASE)
        if broker_seconds is None:
            away.append(BROKER)
        if not _has_succeeded(store):
            away.append(STORE)
        if _result_of(disk) is not False:
            away.append(DISK)
        if facts is not None and facts.live_workers == 0:
            away.append(WORKERS)
        seconds = CHECK_SECONDS if facts is None or broker_seconds is None else facts.seconds + broker_seconds
        self._good_until = time.monotonic() + KEPT_SECONDS
        result.set_result(
            Health(
                away=tuple(away),
                latency_ms=max(1, round(seconds * 1000)),
                queue_size=facts.queue_size if facts else 0,
                models_loaded=facts.models_loaded if facts else (),
            )
        )


def _ask_database() -> _DatabaseFacts:
    with connections["default"].cursor() as cursor:
        started = time.monotonic()
        cursor.execute("SELECT 1")
    seconds = time.monotonic() - started
    return _DatabaseFacts(seconds, count_live_workers(), count_queued_jobs(), tuple(list_loaded_models()))


def _ask_broker() -> float:
    started = time.monotonic()
    client().ping()
    return time.monotonic() - started


def _has_succeeded(check: "Future[Any]") -> bool:
    return check.done() and check.exception() is None


def _result_of(check: "Future[Facts]") -> Facts | None:
    return check.result() if _has_succeeded(check) else None


monitor = HealthMonitor()

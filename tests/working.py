"""Worker in a thread of the test process: it does the parts that the platform under test admits."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import OperationalError, connection, connections
from django.utils import timezone

from apps.catalog.models import Worker
from apps.jobs.dispatch import dispatch_all
from apps.jobs.models import IN_FLIGHT_STATES, OPEN_STATES, Part
from apps.jobs.services.finish import finish_part
from workers.contract.messages import PartOutcome

ROUND_SECONDS = 0.02
HEARTBEAT_SECONDS = 1.0
STOPPING_SECONDS = 60


@contextlib.contextmanager
def working(do: Callable[[Part], PartOutcome | None]) -> Iterator[None]:
    """Do every admitted part by a function, in the background; None leaves a part to a later round."""
    with repeating(lambda: do_parts(do)):
        yield


@contextlib.contextmanager
def repeating(step: Callable[[], object]) -> Iterator[None]:
    """Run rounds of a worker in the background while parts are open. An error of a round ends them and is raised when the block ends."""
    is_over = threading.Event()

    def work() -> None:
        heartbeat_at = 0.0
        try:
            while not is_over.wait(ROUND_SECONDS):
                # A deadlock with a request's transaction is resolved by the next round, as by the redelivery of a message.
                with contextlib.suppress(OperationalError):
                    if time.monotonic() >= heartbeat_at:  # a slow test outlives an announcement
                        Worker.objects.update(last_seen_at=timezone.now())
                        heartbeat_at = time.monotonic() + HEARTBEAT_SECONDS
                    if _has_open_parts():
                        step()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        work_done = pool.submit(work)
        try:
            yield
        finally:
            is_over.set()
            work_done.result(timeout=STOPPING_SECONDS)


def _has_open_parts() -> bool:
    """True if a round has something to do. Most have not: the tests ask and compare meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM jobs_part WHERE state = ANY(%s))", [list(OPEN_STATES)])
        return bool(cursor.fetchone()[0])


def do_parts(do: Callable[[Part], PartOutcome | None]) -> None:
    for part in Part.objects.filter(state__in=IN_FLIGHT_STATES).order_by("id"):
        if (outcome := do(part)) is not None:
            finish_part(outcome)
    dispatch_all()

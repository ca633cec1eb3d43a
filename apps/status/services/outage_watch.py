"""Watch of the broker in the platform's worker: while Valkey is away no task arrives, so that the worker probes by itself."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from django.db import connection

from apps.core.valkey import ValkeyAway, client
from apps.status.services.recording import probe_minute

logger = logging.getLogger(__name__)

LATE_SECONDS: Final = 20.0
"""Second of each minute at which the watch looks: the usual task has run by then."""


class OutageWatch:
    """Thread that probes once a minute while Valkey does not answer."""

    def __init__(self, *, wait: Callable[[threading.Event], bool] | None = None) -> None:
        """wait: returns True once the watch is to end, False each time that it is to look."""
        self._stopped = threading.Event()
        self._wait = wait or (lambda stopped: stopped.wait(seconds_to_next_look(time.time())))
        self._thread = threading.Thread(target=self._run, name="status-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        while not self._wait(self._stopped):
            try:
                if not _broker_answers():
                    probe_minute()
            except Exception:  # the edge of a thread: the next minute is another try
                logger.exception("the watch of the broker failed")
            finally:
                connection.close()  # a thread that waits holds none


def seconds_to_next_look(now: float) -> float:
    """Seconds until LATE_SECONDS after the next full minute or this one."""
    return 60.0 - (now - LATE_SECONDS) % 60.0


def _broker_answers() -> bool:
    try:
        client().ping()
    except ValkeyAway:
        return False
    return True

"""Circuit breaker: once a server failed to answer in time, calls to it fail at once until it answers again.

Without it each request would wait for the same timeout.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

PROBE_SECONDS: Final = 0.5


class Outage:
    """Outage of one server as this process sees it. Reading `is_on` is free; one thread probes the server during the outage."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """True if calls to the server should fail at once."""
        return self._is_on

    def begin(self, probe: Callable[[], object]) -> None:
        """Start an outage after a timeout. `probe` is called until it raises nothing; it must return in bounded time."""
        with self._lock:
            if self._is_on:
                return
            self._is_on = True
        logger.warning("%s does not answer; calls fail at once until it does", self._server)
        threading.Thread(target=self._watch, args=(probe,), name=f"probe-{self._server}", daemon=True).start()

    def _watch(self, probe: Callable[[], object]) -> None:
        while not self._has_answered(probe):
            time.sleep(PROBE_SECONDS)
        with self._lock:
            self._is_on = False
        logger.warning("%s answers again", self._server)

    def _has_answered(self, probe: Callable[[], object]) -> bool:
        try:
            probe()
        except Exception as error:  # noqa: BLE001 - the edge of this thread: whatever the probe met, the server is not back
            logger.debug("%s: %s", self._server, type(error).__name__)
            return False
        return True

"""Circuit breaker: once a server failed to answer, calls to it fail at once, instead of each waiting for the same timeout."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

PROBE_SECONDS: Final = 0.5
"""Pause between two probes."""
PAUSE_SECONDS: Final = 1.0
LOG_SECONDS: Final = 60.0
"""Least time between two log lines about a breaker that opens at every trial."""


class CircuitBreaker:
    """State of one server as this process sees it. Thread-safe; reading `is_open` costs nothing.

    An open breaker closes after `pause_seconds`, so that the next call is the trial; or, where a probe is given, once that is answered.
    """

    def __init__(self, server: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._server = server
        self._pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._is_probing = False
        self._open_until = 0.0
        self._logged_at = -LOG_SECONDS

    @property
    def is_open(self) -> bool:
        """True if calls to the server should fail at once."""
        return self._is_probing or time.monotonic() < self._open_until

    def open(self) -> bool:
        """Note a failed call: calls fail at once for the pause. True if the caller should log it, at most once in LOG_SECONDS."""
        with self._lock:
            now = time.monotonic()
            self._open_until = now + self._pause_seconds
            if now - self._logged_at < LOG_SECONDS:
                return False
            self._logged_at = now
            return True

    def open_until_answered(self, probe: Callable[[], object]) -> None:
        """Note a failed call. A thread calls `probe` until it raises nothing; it must return in bounded time."""
        with self._lock:
            if self._is_probing:
                return
            self._is_probing = True
        logger.warning("%s does not answer; calls fail at once until it does", self._server)
        threading.Thread(target=self._watch, args=(probe,), name=f"probe-{self._server}", daemon=True).start()

    def close(self) -> None:
        """Let the next call reach the server."""
        self._open_until = 0.0

    def _watch(self, probe: Callable[[], object]) -> None:
        while not self._has_answered(probe):
            time.sleep(PROBE_SECONDS)
        with self._lock:
            self._is_probing = False
        logger.warning("%s answers again", self._server)

    def _has_answered(self, probe: Callable[[], object]) -> bool:
        try:
            probe()
        except Exception as error:  # noqa: BLE001 - the edge of this thread: whatever the probe met, the server is not back
            logger.debug("%s: %s", self._server, type(error).__name__)
            return False
        return True

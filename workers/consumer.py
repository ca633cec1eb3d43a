"""Celery consumer that waits for its broker for ever, in short steps, with one log line."""

import logging
from typing import Any, Final
from urllib.parse import urlsplit

from celery.worker.consumer import Consumer
from celery.worker.state import maybe_shutdown

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 1.0
"""Longest pause between attempts. Celery's own grow to 30 s, which would add to an outage of a minute."""


class ReconnectingConsumer(Consumer):
    """Reconnects within a second of the broker's return."""

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, however long it takes."""
        has_logged = False

        def on_error(error: Exception, _pause: float) -> None:
            nonlocal has_logged
            if not has_logged:
                has_logged = True
                logger.warning("broker_away address=%s error=%s: waiting for it", broker_address(conn.as_uri()), type(error).__name__)

        connection = conn.ensure_connection(
            on_error,
            max_retries=None,
            interval_start=FIRST_PAUSE_SECONDS,
            interval_step=FIRST_PAUSE_SECONDS,
            interval_max=LONGEST_PAUSE_SECONDS,
            callback=maybe_shutdown,
        )
        self.first_connection_attempt = False
        if has_logged:
            logger.info("broker_back")
        return connection

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Log one line and let Celery handle the rest."""
        logger.warning("broker_lost error=%s", type(exc).__name__)
        super().on_connection_error_after_connected(exc)


def broker_address(url: str) -> str:
    """Host and port of a broker URL, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 6379}"

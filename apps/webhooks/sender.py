"""The thread pool that sends what is due, inside the platform's Celery worker: slow receivers never hold up the queue."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connection

from apps.webhooks.models import Delivery
from apps.webhooks.services.sending import attempt_delivery, claim_due

logger = logging.getLogger(__name__)

THREADS = 8


class Sender:
    """Takes what is due, as much as it has free threads."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhook")
        self._free = threading.Semaphore(threads)
        self._threads = threads

    def send_due(self) -> int:
        """Starts the sending of what is due; how many were started."""
        free = 0
        while free < self._threads and self._free.acquire(blocking=False):
            free += 1
        taken = claim_due(most=free) if free else []
        for _ in range(free - len(taken)):
            self._free.release()
        for delivery in taken:
            self._pool.submit(self._send, delivery)
        return len(taken)

    def close(self) -> None:
        """Waits for what is under way."""
        self._pool.shutdown(wait=True)

    def _send(self, delivery: Delivery) -> None:
        try:
            attempt_delivery(delivery)
        except Exception:  # the edge of a thread: the claim runs out and the delivery is tried again
            logger.exception("sending of webhook %s broke off", delivery.pk)
        finally:
            close_old_connections()
            connection.close()
            self._free.release()

"""The thread pool that sends what is due, inside the platform's Celery worker: slow receivers hold up neither the queue nor each other."""

import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from apps.webhooks.models import Delivery
from apps.webhooks.services.notices import take_notices
from apps.webhooks.services.sending import attempt_delivery, claim_due

logger = logging.getLogger(__name__)

THREADS = 8


class Sender:
    """Takes what is due, as much as it has free threads; of one account at most half of them."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="webhook")
        self._lock = threading.Lock()
        self._threads = threads
        self._most_each = max(1, threads // 2)
        self._in_flight: Counter[int] = Counter()
        """Deliveries under way, by account."""
        self._is_closed = False

    def send_due(self) -> int:
        """Starts the sending of what is due, and so on until nothing is left; how many were started now."""
        take_notices()
        return self._start()

    def stop_taking(self) -> None:
        """What is under way goes on; nothing more is claimed by a process that ends."""
        with self._lock:
            self._is_closed = True

    def close(self) -> None:
        """Takes nothing more and waits for what is under way."""
        self.stop_taking()
        self._pool.shutdown(wait=True)

    def _start(self) -> int:
        with self._lock:
            free = self._threads - self._in_flight.total()
            if self._is_closed or free <= 0:
                return 0
            taken = claim_due(most=free, most_each=self._most_each, in_flight=self._in_flight)
            self._in_flight.update(delivery.account_id for delivery in taken)
            for delivery in taken:
                self._pool.submit(self._send, delivery)
        return len(taken)

    def _send(self, delivery: Delivery) -> None:
        try:
            attempt_delivery(delivery)
        except Exception:  # the edge of a thread: the claim runs out and the delivery is tried again
            logger.exception("sending of webhook %s broke off", delivery.pk)
        with self._lock:
            self._in_flight[delivery.account_id] -= 1
        try:
            self._start()
        except Exception:  # the same edge: beat asks again within a second
            logger.exception("due webhooks could not be taken")
        finally:
            connection.close()  # a thread that has nothing to do holds none

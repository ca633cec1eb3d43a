"""The thread pool that sends what is due, inside the platform's Celery worker: slow receivers hold up neither the queue nor each other."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from apps.core.fair_share import FairShare
from apps.webhooks.models import Delivery
from apps.webhooks.services.notices import take_notices
from apps.webhooks.services.sending import attempt_delivery, claim_due

logger = logging.getLogger(__name__)

THREADS = 8
NEWCOMERS_FACTOR = 8
"""So many times THREADS, where that many accounts come that have nothing under way. A thread holds no database connection while it waits."""
CLAIMED_AT_ONCE = 8


class Sender:
    """Takes what is due, shared fairly among accounts: receivers that hang keep only their own account's messages waiting."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(NEWCOMERS_FACTOR * threads, thread_name_prefix="webhook")
        self._lock = threading.Lock()
        self._in_flight: FairShare[int] = FairShare(usual=threads, most=NEWCOMERS_FACTOR * threads)
        """Deliveries under way, by account."""
        self._is_closed = False

    def send_due(self) -> int:
        """Starts the sending of what is due, and so on until nothing is left; how many were started now."""
        take_notices()
        return self._start()

    @property
    def is_idle(self) -> bool:
        """True while nothing is under way."""
        with self._lock:
            return not self._in_flight.held

    def stop_taking(self) -> None:
        """Stop claiming, for a process that ends; what is under way goes on."""
        with self._lock:
            self._is_closed = True

    def close(self) -> None:
        """Takes nothing more and waits for what is under way."""
        self.stop_taking()
        self._pool.shutdown(wait=True)

    def _start(self) -> int:
        """Claims until no account may have more: the oldest deliveries may all be of accounts that are at their share."""
        started = 0
        with self._lock:
            while not self._is_closed and self._in_flight.room > 0:
                taken = claim_due(self._in_flight, most=min(CLAIMED_AT_ONCE, self._in_flight.room))
                for delivery in taken:
                    self._in_flight.begin(delivery.account_id)
                    self._pool.submit(self._send, delivery)
                started += len(taken)
                if not taken:
                    break
        return started

    def _send(self, delivery: Delivery) -> None:
        try:
            attempt_delivery(delivery, before_sending=connection.close)
        except Exception:  # the edge of a thread: the claim runs out and the delivery is tried again
            logger.exception("sending of webhook %s broke off", delivery.pk)
        with self._lock:
            self._in_flight.end(delivery.account_id)
        try:
            self._start()
        except Exception:  # the same edge: beat asks again within a second
            logger.exception("due webhooks could not be taken")
        finally:
            connection.close()  # a thread that has nothing to do holds none

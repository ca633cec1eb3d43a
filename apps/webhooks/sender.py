"""Thread pool that sends due deliveries, inside the platform's Celery worker. Slow receivers delay neither the queue nor each other."""

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
"""Factor of THREADS that may run at most, if that many accounts without deliveries in flight arrive. A waiting thread holds no database
connection.
"""
CLAIMED_AT_ONCE = 8


class Sender:
    """Sends due deliveries, shared fairly among accounts: a receiver that hangs delays only its own account."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(NEWCOMERS_FACTOR * threads, thread_name_prefix="webhook")
        self._lock = threading.Lock()
        self._in_flight: FairShare[int] = FairShare(usual=threads, most=NEWCOMERS_FACTOR * threads)
        """Number of deliveries in flight by account."""
        self._is_closed = False

    def send_due(self) -> int:
        """Start sending due deliveries until none is left; returns the number started now."""
        take_notices()
        return self._start()

    @property
    def is_idle(self) -> bool:
        """True if nothing is in flight."""
        with self._lock:
            return not self._in_flight.held

    def stop_taking(self) -> None:
        """Stop claiming deliveries, for a process that shuts down; those in flight continue."""
        with self._lock:
            self._is_closed = True

    def close(self) -> None:
        """Stop claiming and wait for the deliveries in flight."""
        self.stop_taking()
        self._pool.shutdown(wait=True)

    def _start(self) -> int:
        """Claim until no account may have more: the oldest deliveries may all belong to accounts that have used up their share."""
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

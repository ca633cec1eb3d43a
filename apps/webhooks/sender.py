"""Sender of due deliveries, inside the platform's Celery worker. Slow receivers delay neither the queue nor each other."""

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from apps.core.fair_share import FairShare
from apps.webhooks.models import Delivery
from apps.webhooks.services.notices import deliver_notices
from apps.webhooks.services.sending import Attempt, Outcome, claim_due, post, prepare_attempt, record_outcome

logger = logging.getLogger(__name__)

AT_ONCE = 32
"""Deliveries in flight, divided by the accounts that have some."""
NEWCOMERS_FACTOR = 16
"""Factor of AT_ONCE that may be in flight at most, if that many accounts without deliveries in flight arrive. Each holds a socket but no
thread.
"""
DATABASE_THREADS = 4
CLAIMED_AT_ONCE = 8


class Sender:
    """Sends due deliveries, shared fairly among accounts: a receiver that hangs delays only its own account.

    An event loop in a thread of its own sends. A few database threads record the outcomes and claim the next deliveries.
    """

    def __init__(self, *, at_once: int = AT_ONCE) -> None:
        self._lock = threading.Lock()
        self._in_flight: FairShare[int] = FairShare(usual=at_once, most=NEWCOMERS_FACTOR * at_once)
        """Number of deliveries in flight by account."""
        self._is_closed = False
        self._landed = threading.Condition(self._lock)
        self._database = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="webhook-record")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="webhooks", daemon=True)
        self._thread.start()

    def send_due(self) -> int:
        """Start sending due deliveries until none is left; returns the number started now."""
        deliver_notices()
        return self._start()

    @property
    def is_idle(self) -> bool:
        """True if nothing is in flight."""
        with self._lock:
            return not self._in_flight.held

    def stop_claiming(self) -> None:
        """Stop claiming deliveries, for a process that shuts down; those in flight continue."""
        with self._lock:
            self._is_closed = True

    def close(self) -> None:
        """Stop claiming and wait for the deliveries in flight."""
        self.stop_claiming()
        with self._landed:
            self._landed.wait_for(lambda: not self._in_flight.held)
        self._database.shutdown(wait=True)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _start(self) -> int:
        """Claim until no account may have more: the oldest deliveries may all belong to accounts that have used up their share."""
        started = 0
        with self._lock:
            while not self._is_closed and self._in_flight.room > 0:
                taken = claim_due(self._in_flight, most=min(CLAIMED_AT_ONCE, self._in_flight.room))
                for attempt in filter(None, map(_prepared, taken)):
                    self._in_flight.begin(attempt.delivery.account_id)
                    asyncio.run_coroutine_threadsafe(self._send(attempt), self._loop)
                started += len(taken)
                if not taken:
                    break
        return started

    async def _send(self, attempt: Attempt) -> None:
        outcome: Outcome | None = None
        try:
            outcome = await post(attempt)
        except Exception:  # the edge of a task: the claim runs out and the delivery is tried again
            logger.exception("sending of webhook %s broke off", attempt.delivery.pk)
        self._database.submit(self._finish, attempt.delivery, outcome)

    def _finish(self, delivery: Delivery, outcome: Outcome | None) -> None:
        try:
            if outcome is not None:
                record_outcome(delivery, outcome)
        except Exception:  # the edge of a thread: as above
            logger.exception("the outcome of webhook %s could not be recorded", delivery.pk)
        with self._landed:
            self._in_flight.end(delivery.account_id)
            self._landed.notify_all()
        try:
            self._start()
        except Exception:  # the same edge: beat asks again within a second
            logger.exception("due webhooks could not be taken")
        finally:
            connection.close()  # a thread that has nothing to do holds none


def _prepared(delivery: Delivery) -> Attempt | None:
    try:
        return prepare_attempt(delivery)
    except Exception:  # one that cannot be signed must not hold up those that were claimed with it
        logger.exception("webhook %s could not be prepared", delivery.pk)
        return None

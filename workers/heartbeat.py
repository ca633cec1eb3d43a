"""Announcements of a worker (its capabilities), heartbeats (its parts in flight), and polling for cancellations."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import redis

from workers.broker import Claims
from workers.contract.messages import Announcement, Heartbeat
from workers.contract.names import ANNOUNCE, CANCEL_CHANNEL, HEARTBEAT, HEARTBEAT_SECONDS
from workers.memory import resident_bytes
from workers.model_manager import ModelManager
from workers.outbox import Outbox
from workers.parts import Parts

logger = logging.getLogger(__name__)

ANNOUNCE_SECONDS: Final = 60.0
HEARTBEAT_EXPIRES_SECONDS: Final = 3 * HEARTBEAT_SECONDS
"""Expiry of a heartbeat: while the platform is away they must not pile up, and the newest one suffices."""
ANNOUNCEMENT_EXPIRES_SECONDS: Final = 2 * ANNOUNCE_SECONDS
SUBSCRIPTION_PAUSE_SECONDS: Final = 0.5


class HeartbeatSender:
    """Sends heartbeats on one thread, and listens for cancellations between them."""

    def __init__(
        self,
        *,
        announce: Callable[[], Announcement],
        parts: Parts,
        models: ModelManager,
        outbox: Outbox,
        claims: Claims,
        client: redis.Redis,
        died_computing: tuple[str, ...] | None = None,
        periodic_checks: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._announce = announce
        self._parts = parts
        self._models = models
        self._outbox = outbox
        self._claims = claims
        self._client = client
        self._died_computing = died_computing
        self._periodic_checks = periodic_checks
        self._announced_at = -ANNOUNCE_SECONDS
        self._wake = threading.Event()
        self._is_stopping = False
        self._is_final = False
        self._has_ended = threading.Event()
        self._threads = (
            threading.Thread(target=self._run, name="heartbeat", daemon=True),
            threading.Thread(target=self._listen, name="cancellations", daemon=True),
        )
        self._lock = threading.Lock()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def beat(self) -> None:
        """Send a heartbeat, preceded by an announcement if one is due."""
        with self._lock:
            if self._has_ended.is_set():
                return
            announcement = self._announce()
            if not self._is_stopping and time.monotonic() - self._announced_at >= ANNOUNCE_SECONDS:
                self._announced_at = time.monotonic()
                self._outbox.send(
                    ANNOUNCE, payload=announcement.to_dict(), expires_seconds=ANNOUNCEMENT_EXPIRES_SECONDS, replaces="announcement"
                )
            heartbeat = Heartbeat(
                worker=announcement.worker,
                boot=announcement.boot,
                sent_at=time.time(),
                in_flight=() if self._is_final else self._parts.in_flight(),
                finished=self._parts.outcomes_to_repeat(is_last_chance=self._is_stopping),
                loaded=self._models.loaded,
                is_stopping=self._is_stopping,
                died_computing=self._died_computing,
                memory_bytes=resident_bytes(),
                model_memory_bytes=self._models.budget_bytes,
            )
            self._outbox.send(HEARTBEAT, payload=heartbeat.to_dict(), expires_seconds=HEARTBEAT_EXPIRES_SECONDS, replaces="heartbeat")

    def send_stopping(self) -> None:
        """Mark the worker as stopping in every heartbeat: parts that it no longer lists may be given to others."""
        self._is_stopping = True
        self.beat()

    def send_final_heartbeat(self) -> None:
        """Send the last heartbeat, with nothing in flight, including abandoned parts."""
        self._is_final = True
        self.beat()
        self._has_ended.set()
        self._wake.set()

    def join(self) -> None:
        """Wait for the threads after the last heartbeat."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self) -> None:
        while not self._has_ended.is_set():
            try:
                self.beat()
                self._stop_cancelled()
                self._models.unload_idle()
                for check in self._periodic_checks:
                    check()
            except Exception:  # the thread must survive: without heartbeats the platform declares the worker dead
                logger.exception("heartbeat_failed")
            self._wake.wait(HEARTBEAT_SECONDS)
            self._wake.clear()

    def _announce_soon(self) -> None:
        self._announced_at = -ANNOUNCE_SECONDS
        self._wake.set()

    def _stop_cancelled(self) -> None:
        """Poll for cancellations that the channel lost."""
        try:
            cancelled = self._claims.cancelled([held.token for held in self._parts.in_flight()])
        except redis.RedisError:
            return  # the next heartbeat polls again
        for token in cancelled:
            self._parts.stop(token)

    def _listen(self) -> None:
        is_first, has_logged = True, False
        while not self._has_ended.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as subscription:  # type: ignore[no-untyped-call]
                    subscription.subscribe(CANCEL_CHANNEL)
                    if not is_first:
                        self._announce_soon()  # the broker was unreachable and may have lost the announcement
                    is_first = has_logged = False
                    self._handle_cancellations(subscription)
            except redis.RedisError as error:
                if not has_logged:
                    logger.warning("subscription_lost error=%s: cancellations are polled", type(error).__name__)
                has_logged = True
                time.sleep(SUBSCRIPTION_PAUSE_SECONDS)

    def _handle_cancellations(self, subscription: Any) -> None:
        while not self._has_ended.is_set():
            message = subscription.get_message(timeout=SUBSCRIPTION_PAUSE_SECONDS)
            if message is not None:
                self._parts.stop(message["data"].decode(errors="replace"))

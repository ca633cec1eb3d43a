"""Watchdog for a consumer that reconnected and then stalls: messages wait, threads are free, and nothing arrives."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

import redis

logger = logging.getLogger(__name__)

STALL_SECONDS: Final = 20.0
EXIT_STATUS: Final = 70
"""EX_SOFTWARE: the supervisor restarts the worker."""


class Watchdog:
    """Checked with every heartbeat. https://github.com/celery/celery/issues/10205 and others before it."""

    def __init__(
        self,
        client: redis.Redis,
        *,
        queues: Sequence[str],
        has_free_thread: Callable[[], bool],
        on_stall: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._queues = queues
        self._has_free_thread = has_free_thread
        self._on_stall = on_stall or _exit
        self._clock = clock
        self._healthy_at = clock()

    def message_arrived(self) -> None:
        """Record that the consumer works."""
        self._healthy_at = self._clock()

    def check(self) -> None:
        """Exit if messages have waited for STALL_SECONDS although a thread is free."""
        if not self._has_free_thread() or not self._is_work_waiting():
            self._healthy_at = self._clock()
        elif self._clock() - self._healthy_at >= STALL_SECONDS:
            self._on_stall()

    def _is_work_waiting(self) -> bool:
        pipeline = self._client.pipeline(transaction=False)
        for queue in self._queues:
            pipeline.llen(queue)
        try:
            return any(pipeline.execute())
        except redis.RedisError:
            return False  # without a broker nothing can be checked


def _exit() -> NoReturn:
    logger.critical("consumer_stalled: messages wait in the broker and none arrives; exiting so that the supervisor restarts the worker")
    os._exit(EXIT_STATUS)

"""Watchdog for a consumer that reconnected and then stalls: messages wait, threads are free, and nothing arrives."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

import redis

logger = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 20.0
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
        give_up: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._queues = queues
        self._has_free_thread = has_free_thread
        self._give_up = give_up or _exit
        self._clock = clock
        self._well_at = clock()

    def message_arrived(self) -> None:
        """Record that the consumer works."""
        self._well_at = self._clock()

    def look(self) -> None:
        """Exit if messages have waited for PATIENCE_SECONDS although a thread is free."""
        if not self._has_free_thread() or not self._is_work_waiting():
            self._well_at = self._clock()
        elif self._clock() - self._well_at >= PATIENCE_SECONDS:
            self._give_up()

    def _is_work_waiting(self) -> bool:
        pipeline = self._client.pipeline(transaction=False)
        for queue in self._queues:
            pipeline.llen(queue)
        try:
            return any(pipeline.execute())
        except redis.RedisError:
            return False  # no broker, no judgement


def _exit() -> NoReturn:
    logger.critical("consumer_stands_still: work waits and nothing arrives; ending so that the supervisor starts this worker again")
    os._exit(EXIT_STATUS)

"""Asks the platform's worker to do now what beat would do later."""

import logging
from typing import Any, Final

from celery import current_app
from kombu.exceptions import OperationalError

from apps.core.valkey import breaker
from workers.contract import names

logger = logging.getLogger(__name__)

ONE_RETRY: Final = {"max_retries": 1, "interval_start": 0.0, "interval_step": 0.0}
"""One retry: a pooled connection may be stale after a restart of the broker; a second failure means that it is unavailable."""


def send_platform_task(task: str, *arguments: Any, expires_seconds: float | None = None) -> None:
    """Request a task that is only an optimisation: a lost message costs time or tidiness."""
    if breaker.is_open:
        logger.warning("%s not sent: Valkey does not answer", task)
        return
    try:
        current_app.send_task(
            task,
            args=list(arguments),
            queue=names.PLATFORM_QUEUE,
            ignore_result=True,
            expires=expires_seconds,
            retry=True,
            retry_policy=ONE_RETRY,
        )
    except OperationalError as error:
        logger.warning("%s not sent: %s", task, type(error).__name__)

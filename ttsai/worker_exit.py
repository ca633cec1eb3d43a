"""Fast exit of an idle Celery worker of the platform.

Celery itself takes two more turns of its consumer's loop, a second each, before an idle worker exits. A message that arrives in that moment
is a hint (DESIGN.md): its row in Postgres is the truth, and beat asks again.
"""

import logging
import os
import threading
import time
from typing import Any, Final

from celery.signals import worker_shutting_down

IDLE_SECONDS: Final = 0.2
"""Seconds without tasks before the exit: a message just taken from the broker shows up a moment later."""
CHECK_SECONDS: Final = 0.05


@worker_shutting_down.connect
def request_exit(**_: Any) -> None:
    """Start the thread that exits the process. Runs inside the signal handler."""
    threading.Thread(target=_exit_when_idle, name="leaving", daemon=True).start()


def _exit_when_idle() -> None:
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < IDLE_SECONDS:
        time.sleep(CHECK_SECONDS)
        if _is_busy():
            idle_since = time.monotonic()
    logging.shutdown()
    os._exit(0)


def _is_busy() -> bool:
    from celery.worker import state  # loaded in a worker alone

    from apps.webhooks.tasks import is_sending  # needs Django's apps

    return bool(state.reserved_requests or state.active_requests) or is_sending()

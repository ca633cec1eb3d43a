"""Monotonic clock for beat's schedule. Celery's own clock follows the machine's; after a step back beat would stand still for as long."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

_STARTED_AT: Final = datetime.now(UTC)
_STARTED: Final = time.monotonic()


def steady_now() -> datetime:
    """Start time of the process plus the seconds since then."""
    return _STARTED_AT + timedelta(seconds=time.monotonic() - _STARTED)

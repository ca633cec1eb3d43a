"""Clock of beat's schedule. It never goes back: Celery's own follows the machine's, and after a step back beat would stand still for as long."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

_STARTED_AT: Final = datetime.now(UTC)
_STARTED: Final = time.monotonic()


def steady_now() -> datetime:
    """The time when this process started, and the seconds since then."""
    return _STARTED_AT + timedelta(seconds=time.monotonic() - _STARTED)

"""Status as the page shows it: read at most every few seconds, and while the database is away the last one that was read."""

import json
import logging
import threading
import time
from typing import Any, Final

from django.db import DatabaseError, InterfaceError

from apps.core.valkey import ValkeyAway, client
from apps.status.selectors import incident_shape, list_open_incidents, list_past_incidents, list_planned, read_status, status_shape

logger = logging.getLogger(__name__)

KEPT_SECONDS: Final = 10.0
KEY: Final = "status:shown"
AFTER_A_FAILURE_SECONDS: Final = 5.0

Shown = dict[str, Any]
_lock = threading.Lock()
_kept: list[tuple[float, Shown]] = []


def read_shown() -> Shown:
    """Body of GET /v1/status/ with `past_incidents`. `is_current` is False for a state from before an outage of the database."""
    with _lock:
        if _kept and time.monotonic() < _kept[0][0]:
            return _kept[0][1]
    shown, seconds = _read()
    with _lock:
        _kept[:] = [(time.monotonic() + seconds, shown)]
    return shown


def forget_shown() -> None:
    """Read anew at the next call: after a change by the operator, and between tests."""
    with _lock:
        _kept.clear()


def _read() -> tuple[Shown, float]:
    try:
        past = list_past_incidents()
        shown = status_shape(read_status(), list_open_incidents(), list_planned())
        shown |= {"is_current": True, "past_incidents": [incident_shape(incident) for incident in past]}
    except (DatabaseError, InterfaceError) as error:
        logger.warning("status: the last known state is shown, since the database is away (%s)", type(error).__name__)
        return _last_known(), AFTER_A_FAILURE_SECONDS
    _keep(shown)
    return shown, KEPT_SECONDS


def _keep(shown: Shown) -> None:
    try:
        client().set(KEY, json.dumps(shown))
    except ValkeyAway:
        logger.info("status: the state is kept in this process only")


def _last_known() -> Shown:
    """The last state that any process read; without Valkey this process's own, and without that an empty one. The database is down in it."""
    last: Shown | None = None
    try:
        kept: Any = client().get(KEY)
        last = json.loads(kept) if kept else None
    except ValkeyAway:
        last = _kept[0][1] if _kept else None
    if last is None:
        last = {"probed_at": None, "components": [], "incidents": [], "scheduled_maintenance": [], "past_incidents": []}
    for component in last["components"]:
        component["state"] = "down" if component["id"] == "database" else "unknown"
    return {**last, "status": "down", "is_current": False}

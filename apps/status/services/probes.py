"""One round of probes: each asks its component and is limited in time; whatever it raises, the component is down."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import httpx
from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from apps.catalog.selectors import list_models
from apps.core.storage import get_storage
from apps.core.valkey import client
from apps.jobs.models import Lane, Part, PartState
from apps.status import components
from apps.status.components import State
from apps.status.services.job_probes import Result, is_offered, probe_kind
from apps.status.services.webhook_probe import deliver_probe
from apps.webhooks.models import Delivery, DeliveryState
from workers.contract import names

logger = logging.getLogger(__name__)

WEB_SECONDS: Final = 5.0
SLOW_MILLISECONDS: Final = {
    components.WEB: 2000,
    components.DATABASE: 500,
    components.BROKER: 500,
    components.STORAGE: 3000,
    components.WEBHOOKS: 3000,
}
BACKLOG: Final = timedelta(minutes=1)
"""Age of the oldest queued part that a customer waits for, from which a queue counts as slow."""
LONG_BACKLOG: Final = timedelta(minutes=10)
LATE: Final = timedelta(minutes=2)
"""Delay of the oldest due webhook from which the sender counts as slow."""
VERY_LATE: Final = timedelta(minutes=15)
PROBE_KEY: Final = "platform/status/probe.txt"
TOOL_KINDS: Final = ("voice-convert", "enhance", "dereverb", "separate", "enrol")


def run_probes() -> dict[str, Result]:
    """State and milliseconds of every component that this installation has."""
    found = {name: _checked(name, probe) for name, probe in PROBES.items()}
    for component, kind in ((components.SPEECH, "tts"), (components.TRANSCRIPTION, "stt")):
        if found[components.DATABASE][0] == State.DOWN:
            break  # nothing is known about the workers
        if is_offered(kind):
            found[component] = _by_queue(_checked(component, lambda component=component: probe_kind(component)), kind=kind)  # type: ignore[misc]
    if found[components.BROKER][0] == State.DOWN:
        found |= {name: (State.DOWN, None) for name in components.NEED_BROKER if name in found}
    return found


def _checked(name: str, probe: Callable[[], Result]) -> Result:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - the edge of a probe: whatever keeps the component from answering, it is down
        logger.warning("status: %s is down (%s)", name, type(error).__name__)
        return State.DOWN, None


def _timed(component: str, ask: Callable[[], object]) -> Result:
    started = time.monotonic()
    ask()
    milliseconds = round((time.monotonic() - started) * 1000)
    return (State.DEGRADED if milliseconds > SLOW_MILLISECONDS[component] else State.UP), milliseconds


def _ask_web() -> None:
    base = (settings.TTSAI_STATUS_URL or settings.TTSAI_PUBLIC_URL or settings.TTSAI_LOCAL_URL).rstrip("/")
    httpx.get(f"{base}/livez/", timeout=WEB_SECONDS, trust_env=False).raise_for_status()


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_storage() -> None:
    storage = get_storage()
    storage.put_bytes(PROBE_KEY, b"probe", content_type="text/plain")
    if storage.read_bytes(PROBE_KEY) != b"probe":
        raise OSError("the store returned something else")


def _probe_webhooks() -> Result:
    """Probe webhooks by the oldest delivery that is due, and by one of our own that must arrive."""
    due = Delivery.objects.filter(state=DeliveryState.PENDING, next_attempt_at__isnull=False).aggregate(oldest=Min("next_attempt_at"))[
        "oldest"
    ]
    late = timezone.now() - due if due is not None else timedelta(0)
    milliseconds = deliver_probe()
    state = State.DOWN if late > VERY_LATE else State.DEGRADED if late > LATE else State.UP
    if state == State.UP and milliseconds is not None and milliseconds > SLOW_MILLISECONDS[components.WEBHOOKS]:
        state = State.DEGRADED
    return state, milliseconds


def _probe_tools() -> Result:
    """Probe tools by the workers alone: down if a kind of tool that is installed has no worker, or conversions wait too long."""
    kinds = {engine.kind: False for engine in list_models() if engine.kind in TOOL_KINDS}
    for engine in list_models():
        if engine.kind in kinds and engine.was_seen_lately:
            kinds[engine.kind] = True
    gone = [kind for kind, is_served in kinds.items() if not is_served]
    waited = _oldest_wait([names.CODEC_QUEUE, *(engine.queue for engine in list_models() if engine.kind in kinds)])
    if (gone and len(gone) == len(kinds)) or waited > LONG_BACKLOG:
        return State.DOWN, None
    return (State.DEGRADED if gone or waited > BACKLOG else State.UP), None


def _by_queue(found: Result, *, kind: str) -> Result:
    """The result, or a worse one if customers wait in the queues of the kind."""
    state, milliseconds = found
    waited = _oldest_wait([engine.queue for engine in list_models() if engine.kind == kind])
    if waited > LONG_BACKLOG:
        return State.DOWN, milliseconds
    return (State.DEGRADED if waited > BACKLOG and state == State.UP else state), milliseconds


def _oldest_wait(queues: list[str]) -> timedelta:
    """Waiting time of the oldest queued part outside of bulk work that begins its job."""
    waiting = Part.objects.filter(queue__in=queues, state=PartState.QUEUED, opens_job=True, is_internal=False).exclude(lane=Lane.BULK)
    oldest = waiting.aggregate(oldest=Min("job__created_at"))["oldest"]
    return timezone.now() - oldest if oldest is not None else timedelta(0)


PROBES: Final[dict[str, Callable[[], Result]]] = {
    components.DATABASE: lambda: _timed(components.DATABASE, _ask_database),
    components.BROKER: lambda: _timed(components.BROKER, lambda: client().ping()),
    components.STORAGE: lambda: _timed(components.STORAGE, _ask_storage),
    components.WEB: lambda: _timed(components.WEB, _ask_web),
    components.WEBHOOKS: _probe_webhooks,
    components.TOOLS: _probe_tools,
}

"""Live events of a job, appended to its Valkey stream."""

import json
import logging
from typing import Any
from uuid import UUID

from apps.core.valkey import ValkeyAway, client
from workers.contract import names
from workers.contract.time_units import HOUR_SECONDS

logger = logging.getLogger(__name__)

KEEP_EVENTS = 5_000
"""Approximate number of events stored per job: an hour of speech has about 9,000 words in 700 sentences."""
KEEP_SECONDS = HOUR_SECONDS
"""Seconds for which a stream is kept after its last event, for clients that resume."""


def publish_event(job_uuid: UUID, event: dict[str, Any]) -> None:
    """Append an event to the job's stream. An unavailable Valkey costs a log line: waiting requests also poll the row."""
    stream = names.job_stream(job_uuid.hex)
    pipeline = client().pipeline(transaction=False)
    pipeline.xadd(stream, {"data": json.dumps(event, separators=(",", ":"))}, maxlen=KEEP_EVENTS, approximate=True)
    pipeline.expire(stream, KEEP_SECONDS)
    try:
        pipeline.execute()
    except ValkeyAway as error:
        logger.warning("event %s of job %s not published: %s", event.get("type"), job_uuid.hex, type(error).__name__)


def end_event(job_uuid: UUID, *, status: str) -> dict[str, Any]:
    """Final event of a job; status is completed, failed, cancelled or expired."""
    return {"type": "end", "status": status, "job": job_uuid.hex}

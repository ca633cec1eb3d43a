"""Sends admitted parts to the workers, and cancels attempts that are no longer needed."""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

from apps.core.platform_tasks import ONE_RETRY
from apps.core.storage import StorageAwayError, get_storage
from apps.core.valkey import ValkeyAway, client
from apps.core.valkey import breaker as valkey_breaker
from apps.jobs.objects import JSON_TYPE, MANIFEST, attempt_folder, with_addresses
from workers.circuit_breaker import CircuitBreaker
from workers.contract import names
from workers.contract.messages import PartMessage
from workers.contract.outputs import OutputSpec, OutputTarget
from workers.contract.time_units import HOUR_SECONDS

logger = logging.getLogger(__name__)

CANCEL_KEY_SECONDS = HOUR_SECONDS
DISCARD_JOINED_PARTS: Final = "platform.discard_joined_parts"
EXPIRE_RESULTS: Final = "platform.expire_results"

# Back in the line without a counted attempt. Should the message have arrived all the same, its token is worth nothing any more.
UNSENT = """
UPDATE jobs_part SET state = 'queued', token = NULL, attempts = attempts - 1, lease_expires_at = NULL,
    not_before = clock_timestamp() + interval '1 second'
WHERE id IN (SELECT id FROM jobs_part WHERE token = ANY(%(tokens)s) AND state = 'admitted' FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Part that was just admitted."""

    job: UUID
    index: int
    token: UUID
    kind: str
    work: dict[str, Any]
    outputs: list[dict[str, Any]]
    tenant: str
    lane: str
    job_created_at: float
    runs_alone: bool = False
    """True if the part runs alone; see PartMessage."""
    request_id: str = ""
    """Id of the request that created the job, for the worker's log lines."""
    has_listener: bool = False
    """True if a client listens to the job while it is done."""
    time_limit_seconds: int | None = None
    """TTSAI_PART_SECONDS when None."""


breaker: Final = CircuitBreaker("broker")
"""Circuit breaker that opens when a message could not be sent; nothing is admitted then."""


def is_broker_away() -> bool:
    """True if the last message could not be sent, or if Valkey is known not to answer."""
    return valkey_breaker.is_open or breaker.is_open


def forget_broker_state() -> None:
    """Reset the state. For tests that make the broker unavailable."""
    breaker.close()


def publish(attempts: Sequence[Attempt], *, queue: str) -> None:
    """Send one message per attempt. Attempts whose message could not be sent are queued again."""
    if not attempts:
        return
    for position, attempt in enumerate(attempts):
        try:
            _send(attempt, queue=queue)
        except (OperationalError, StorageAwayError, *ValkeyAway) as error:
            breaker.open()
            unsent = [attempt.token for attempt in attempts[position:]]
            logger.warning("%s parts of queue %s could not be sent and stay in line: %s", len(unsent), queue, type(error).__name__)
            with connection.cursor() as cursor:
                cursor.execute(UNSENT, {"tokens": unsent})
            return


def cancel_attempts(tokens: Iterable[UUID]) -> None:
    """Tell workers to stop. A lost message is repeated by the reaper, or costs some wasted computing."""
    pipeline = client().pipeline(transaction=False)
    for token in tokens:
        pipeline.set(names.cancel_key(token.hex), "1", ex=CANCEL_KEY_SECONDS)
        pipeline.publish(names.CANCEL_CHANNEL, token.hex)
    try:
        pipeline.execute()
    except ValkeyAway as error:
        logger.warning("attempts not cancelled: %s", type(error).__name__)


def _send(attempt: Attempt, *, queue: str) -> None:
    with current_app.producer_pool.acquire(block=True) as producer:
        current_app.send_task(
            names.RUN_PART,
            args=[_message(attempt).to_dict()],
            queue=names.queue_name(queue, attempt.lane),
            producer=producer,
            ignore_result=True,
            argsrepr="(part)",  # else the text would stand in a header that is logged
            retry=True,
            retry_policy=ONE_RETRY,
        )


def _message(attempt: Attempt) -> PartMessage:
    storage = get_storage()
    folder = attempt_folder(attempt.tenant, job=attempt.job, index=attempt.index, token=attempt.token)
    specs = [OutputSpec.from_dict(output) for output in attempt.outputs]
    return PartMessage(
        job=attempt.job.hex,
        part=attempt.index,
        token=attempt.token.hex,
        kind=attempt.kind,
        work=with_addresses(attempt.work),
        tenant=attempt.tenant,
        lane=attempt.lane,
        job_created_at=attempt.job_created_at,
        deadline_at=time.time() + (attempt.time_limit_seconds or settings.TTSAI_PART_SECONDS),
        outputs=tuple(
            OutputTarget(
                spec.name,
                spec.media_type,
                storage.writing_address(f"{folder}/{spec.file_name}", content_type=spec.media_type),
                is_optional=spec.is_optional,
            )
            for spec in specs
        ),
        manifest=storage.writing_address(f"{folder}/{MANIFEST}", content_type=JSON_TYPE),
        stream=names.job_stream(attempt.job.hex),
        has_listener=attempt.has_listener,
        runs_alone=attempt.runs_alone,
        request_id=attempt.request_id,
    )

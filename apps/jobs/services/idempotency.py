"""Idempotency: the same key and body create one job and one charge, also for concurrent requests."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from apps.accounts.callers import Caller
from apps.core.errors import ConflictError, InvalidRequestError
from apps.jobs.models import IdempotencyRecord, Job

KEPT_HOURS = 24
LONGEST_KEY = 255

# A duplicate request at the same time waits here for the transaction of the first one. The row of an expired record is taken over.
CLAIM = """
INSERT INTO jobs_idempotencyrecord AS record (scope, key, body_digest, job_id) VALUES (%(scope)s, %(key)s, %(digest)s, %(job)s)
ON CONFLICT (scope, key) DO UPDATE
SET body_digest = excluded.body_digest, job_id = excluded.job_id, created_at = excluded.created_at
WHERE record.created_at < statement_timestamp() - make_interval(hours => %(hours)s)
OR (%(ends_with_job)s AND EXISTS (SELECT 1 FROM jobs_job WHERE uuid = record.job_id AND state NOT IN ('queued', 'running')))
RETURNING 1
"""

FORGET = "DELETE FROM jobs_idempotencyrecord WHERE created_at < statement_timestamp() - make_interval(hours => %(hours)s)"


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Identity of a request for deduplication."""

    key: str
    body_digest: str
    ends_with_job: bool = False
    """True if the key is valid only while its job is active: a repeated request then joins the first one."""


def in_flight_dedup_key(caller: Caller, *, digest: str, is_waiting: bool) -> Idempotency | None:
    """Deduplication key of a request in flight, since clients repeat a POST whose response they did not get.

    Waiting and asynchronous requests have separate jobs: a job is cancelled when its waiting client disconnects. None for an asynchronous
    request without a key, whose sender is unknown.
    """
    if not is_waiting and caller.is_anonymous:
        return None
    key = f"{'waiting' if is_waiting else 'queued'}:{caller.key_id or 0}:{digest}"
    return Idempotency(key=key, body_digest=digest, ends_with_job=True)


def claim_key(scope: str, *, idempotency: Idempotency, job_uuid: UUID) -> Job | None:
    """Claim the key for a job about to be inserted; returns the earlier job if there is one. Raises 409 idempotency_conflict."""
    if len(idempotency.key) > LONGEST_KEY:
        raise InvalidRequestError(f"An Idempotency-Key has at most {LONGEST_KEY} characters.", param="Idempotency-Key")
    values: dict[str, str | int | UUID] = {
        "scope": scope,
        "key": idempotency.key,
        "digest": idempotency.body_digest,
        "job": job_uuid,
        "hours": KEPT_HOURS,
        "ends_with_job": idempotency.ends_with_job,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        if cursor.fetchone() is not None:
            return None
    record = IdempotencyRecord.objects.select_related("job").get(scope=scope, key=idempotency.key)
    if record.body_digest != idempotency.body_digest:
        raise ConflictError(
            "This Idempotency-Key was used with another body within the last 24 hours.",
            code="idempotency_conflict",
            param="Idempotency-Key",
        )
    return record.job


def release_key(scope: str, *, key: str) -> None:
    """Release a key claimed in this transaction, whose request created no job: a repeat is tried anew."""
    IdempotencyRecord.objects.filter(scope=scope, key=key).delete()


def forget_keys() -> int:
    """Delete expired records; returns their number."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"hours": KEPT_HOURS})
        return int(cursor.rowcount)

"""Limits of accepting a job: concurrency of a key, of an account or address, of all anonymous callers; services without an account."""

from django.db import connection

from apps.accounts.callers import Caller
from apps.core import retry_after
from apps.core.errors import AuthenticationFailedError, TooManyRequestsError
from apps.jobs.kinds import JobKind, Unit
from apps.jobs.params import JobParams

# Both conditions are spelled as the partial index jobs_that_count spells them.
COUNT = """
SELECT count(*), count(*) FILTER (WHERE api_key_id = %(key)s) FROM jobs_job
WHERE tenant = %(tenant)s AND NOT is_internal AND state IN ('queued', 'running') AND NOT (lane = 'bulk')
"""
COUNT_ANONYMOUS = """
SELECT count(*), count(*) FILTER (WHERE tenant = %(tenant)s) FROM jobs_job
WHERE account_id IS NULL AND NOT is_internal AND state IN ('queued', 'running') AND NOT (lane = 'bulk')
"""
WAIT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def check_concurrency(caller: Caller) -> None:
    """Raise 429 if the caller has as many jobs as allowed. The caller's transaction holds a lock that makes the count exact."""
    if caller.is_anonymous:
        _check_anonymous(caller)
        return
    tenants_jobs, keys_jobs = _count(COUNT, tenant=caller.tenant, key=caller.key_id)
    if caller.counts_jobs_by_key:
        _refuse_from(caller.concurrent_jobs, jobs=keys_jobs, of="This key")
    if not (caller.counts_jobs_by_key and caller.is_limited_apart):
        _refuse_from(caller.plan.concurrent_jobs, jobs=tenants_jobs, of=f"The plan {caller.plan.name!r}")


def check_anonymous_service(caller: Caller, kind: JobKind[JobParams]) -> None:
    """Raise 401 for work on recordings that the plan of anonymous callers does not have. Texts are limited by its models."""
    if (kind.units != Unit.CHARACTERS or kind.takes_recordings) and kind.name not in caller.plan.anonymous_services:
        raise AuthenticationFailedError("This service needs an account: log in, or send an API key.", code="missing_api_key")


def wait_for_tenant(tenant: str) -> None:
    """Serialise submissions of this tenant until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT, [f"submit:{tenant}"])


def _check_anonymous(caller: Caller) -> None:
    wait_for_tenant("anonymous")  # counted together, so they follow each other
    everybodys, own = _count(COUNT_ANONYMOUS, tenant=caller.tenant, key=None)
    _refuse_from(caller.plan.concurrent_jobs, jobs=own, of="A caller without a key")
    if caller.plan.total_concurrent_jobs is not None and everybodys >= caller.plan.total_concurrent_jobs:
        raise _refusal("All places for callers without a key are taken at the moment. Try again soon, or use a key.")


def _count(statement: str, *, tenant: str, key: int | None) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": tenant, "key": key})
        first, second = cursor.fetchone()
    return first, second


def _refuse_from(limit: int, *, jobs: int, of: str) -> None:
    if jobs >= limit:
        raise _refusal(f"{of} may have {limit} jobs at once, and {jobs} are waiting or running.")


def _refusal(message: str) -> TooManyRequestsError:
    return TooManyRequestsError(message, code="concurrency_limit_exceeded", headers={"Retry-After": retry_after.BUSY})

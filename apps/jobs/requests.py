"""Helpers of views that create a job: request id, Idempotency-Key, and the response of a queued job."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from apps.accounts.callers import get_caller
from apps.billing import prices
from apps.cache.tickets import CacheUse, cache_use_of
from apps.core.idempotency import body_digest, idempotency_key
from apps.jobs.models import JobState
from apps.jobs.outcomes import STATUS, cached_shape, substitution_shape
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.idempotency import Idempotency, in_flight_dedup_key

IDEMPOTENCY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Valid for 24 hours: the same key and body give the same job and one charge; another body is 409.",
)

CACHE_HEADER = OpenApiParameter(
    "Cache-Control",
    str,
    OpenApiParameter.HEADER,
    description="A repeated request gets the stored result of the first one. `no-cache`: compute anew. `no-store`: nor store the result.",
)


def request_id_of(request: Request) -> str:
    """Id given by RequestMiddleware."""
    return str(getattr(request, "request_id", ""))


def cache_use(request: Request) -> CacheUse:
    """Use of the cache, as the header Cache-Control asks."""
    return cache_use_of(request.META.get("HTTP_CACHE_CONTROL"))


def idempotency_of(request: Request, *, endpoint: str) -> Idempotency | None:
    """Idempotency-Key with a digest of the request; None if no key was sent."""
    key = idempotency_key(request.META.get("HTTP_IDEMPOTENCY_KEY"))
    return None if key is None else Idempotency(key=key, body_digest=body_digest(endpoint, request.data))


def in_flight_dedup_key_of(request: Request, *, endpoint: str, is_waiting: bool) -> Idempotency | None:
    """Key by which an identical request joins one in flight."""
    return in_flight_dedup_key(get_caller(request), digest=body_digest(endpoint, request.data), is_waiting=is_waiting)


def queued_shape(submission: Submission) -> dict[str, Any]:
    """Response to a queued request and to its repetitions."""
    job, remaining = submission.job, submission.credits_remaining_millicredits
    used = job.price_millicredits if job.state in {JobState.QUEUED, JobState.RUNNING} else job.charged_millicredits
    return {
        "uuid": job.uuid.hex,
        "job_id": str(job.uuid),
        "status": STATUS[JobState(job.state)],
        "credits_used": prices.credits(used),
        "credits_remaining": None if remaining is None else prices.credits(remaining),
        **substitution_shape(job),
        **cached_shape(job),
    }

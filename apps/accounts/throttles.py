"""Requests per minute by plan or key, and a higher limit by address for polls and downloads."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.accounts.callers import Caller, RequestBucket, get_caller
from apps.accounts.selectors import get_anonymous_plan
from apps.core.addresses import address_block, client_address
from apps.core.errors import TooManyRequestsError
from apps.core.limits import LimitState, count_request, peek


class RequestsPerMinute(BaseThrottle):
    """Counts requests of a caller. RequestMiddleware puts the state into X-RateLimit-*."""

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Count the request; 429 with Retry-After beyond the limit."""
        for bucket in get_caller(request).request_buckets:
            state = count_request(bucket.name, limit=bucket.limit)
            _show(request, state=state)
            if not state.is_allowed:
                raise too_many_requests(state)
        return True


class PollLimit(BaseThrottle):
    """Limits polls and downloads by address; they do not count as requests of the plan."""

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Count the poll; 429 with Retry-After beyond the limit."""
        bucket = f"polls:{address_block(client_address(request._request))}"  # noqa: SLF001
        state = count_request(bucket, limit=settings.TTSAI_POLLS_PER_MINUTE)
        if not state.is_allowed:
            raise too_many_requests(state)
        return True


def limit_state_of(request: HttpRequest) -> LimitState:
    """State for X-RateLimit-* if no throttle ran (a poll, a download, a 404, a refusal), read without counting."""
    caller: Caller | None = getattr(request, "caller", None)
    buckets = _buckets_of_address(request) if caller is None else caller.request_buckets
    return min((peek(bucket.name, limit=bucket.limit) for bucket in buckets), key=lambda state: state.remaining)


def _buckets_of_address(request: HttpRequest) -> tuple[RequestBucket]:
    address = client_address(request)
    try:
        plan = get_anonymous_plan()
    except DatabaseError:  # this runs after the view: its answer stands, also when the database is away
        plan = None
    limit = plan.requests_per_minute if plan is not None else 0
    return (RequestBucket(f"requests:address:{address_block(address)}", limit),)


def too_many_requests(state: LimitState) -> TooManyRequestsError:
    """The 429 for a refused request."""
    return TooManyRequestsError(
        f"Over the limit of {state.limit} requests a minute. Try again in {state.retry_after} s.",
        headers={"Retry-After": str(state.retry_after)},
    )


def _show(request: Request, *, state: LimitState) -> None:
    """Keep the state with the fewest remaining requests: a key's limit and its account's may both apply."""
    http_request: Any = request._request  # noqa: SLF001
    shown = getattr(http_request, "limit_state", None)
    if shown is None or not state.is_allowed or state.remaining < shown.remaining:
        http_request.limit_state = state

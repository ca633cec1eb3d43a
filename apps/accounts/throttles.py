"""Requests per minute by plan or key, and a higher limit by address for polls and downloads."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import declared_scopes
from apps.accounts.selectors import get_anonymous_plan
from apps.core.addresses import address_block, client_address
from apps.core.dialects import dialect_of
from apps.core.errors import TooManyRequestsError
from apps.core.limits import LimitState, RequestBucket, count_request, count_requests


class RequestsPerMinute(BaseThrottle):
    """Counts requests of a caller. RequestMiddleware puts the state into X-RateLimit-*."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; 429 with Retry-After beyond the limit."""
        count_request_of_caller(request, scopes=declared_scopes(view))
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


def count_request_of_caller(request: Request, *, scopes: Iterable[str]) -> None:
    """Count the request for its caller and for these scopes of its key. Raises TooManyRequestsError with Retry-After."""
    caller = get_caller(request)
    defaults = dialect_of(request.path).requests_per_minute_by_scope
    _count(request, buckets=(*caller.request_buckets, *caller.scope_buckets(scopes, defaults=defaults)))


def count_further_use(request: Request, *, scope: str) -> None:
    """Count what a request that was counted already does with another scope of its key. Raises TooManyRequestsError with Retry-After."""
    defaults = dialect_of(request.path).requests_per_minute_by_scope
    _count(request, buckets=get_caller(request).scope_buckets([scope], defaults=defaults))


def _count(request: Request, *, buckets: Sequence[RequestBucket]) -> None:
    states = count_requests(buckets) if buckets else []
    for state in states:
        _show(request, state=state)
    refused = [(state, bucket.scope) for state, bucket in zip(states, buckets, strict=True) if not state.is_allowed]
    if refused:
        state, scope = max(refused, key=lambda pair: pair[0].retry_after)
        raise too_many_requests(state, scope=scope)


def limit_state_of(request: HttpRequest) -> LimitState:
    """State for X-RateLimit-* if no throttle ran (a poll, a download, a 404, a refusal), read without counting."""
    caller: Caller | None = getattr(request, "caller", None)
    buckets = _buckets_of_address(request) if caller is None else caller.request_buckets
    return min(count_requests(buckets, cost=0), key=lambda state: state.remaining)


def _buckets_of_address(request: HttpRequest) -> tuple[RequestBucket]:
    address = client_address(request)
    try:
        plan = get_anonymous_plan()
    except DatabaseError:  # this runs after the view: its answer stands, also when the database is away
        plan = None
    limit = plan.requests_per_minute if plan is not None else 0
    return (RequestBucket(f"requests:address:{address_block(address)}", limit),)


def too_many_requests(state: LimitState, *, scope: str = "") -> TooManyRequestsError:
    """The 429 for a refused request."""
    of_scope = f" with the scope {scope!r} of this key" if scope else ""
    return TooManyRequestsError(
        f"Over the limit of {state.limit} requests a minute{of_scope}. Try again in {state.retry_after} s.",
        headers={"Retry-After": str(state.retry_after)},
    )


def _show(request: Request, *, state: LimitState) -> None:
    """Keep the state with the fewest remaining requests: a key's limit and its account's may both apply."""
    http_request: Any = request._request  # noqa: SLF001
    shown = getattr(http_request, "limit_state", None)
    if shown is None or not state.is_allowed or state.remaining < shown.remaining:
        http_request.limit_state = state

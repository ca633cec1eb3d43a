"""Route facts that the shell needs before Django runs: whether it exists and how large its body may be."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, get_resolver

REMEMBERED = 512

BodyGate = Callable[..., int]
"""(request without its body, the route's arguments) -> bytes that this caller may send. Raises what the answer is to be instead."""


def find_route(path: str) -> ResolverMatch | None:
    """The view of a path as the routes spell it; None where there is none."""
    try:
        return _find_plain(path)
    except _HasArgumentsError as found:
        return found.match
    except Resolver404:
        return None


def body_limit(match: ResolverMatch | None) -> int:
    """Bytes that the route takes: its view's `max_body_bytes`, the default for JSON, nothing where there is no view."""
    if match is None:
        return 0
    view: Any = match.func
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    limit: int = getattr(view_class, "max_body_bytes", settings.TTSAI_JSON_BODY_BYTES)
    return limit


def body_gate(match: ResolverMatch) -> BodyGate | None:
    """Return a view's check of a request before its body is read: its `admit_body`, for views that take large bodies."""
    view: Any = match.func
    gate: BodyGate | None = getattr(getattr(view, "cls", None), "admit_body", None)
    return gate


class _HasArgumentsError(Exception):
    """Carries a match out of the cache unremembered: paths with a uuid in them are endless."""

    def __init__(self, match: ResolverMatch) -> None:
        self.match = match


@lru_cache(maxsize=REMEMBERED)
def _find_plain(path: str) -> ResolverMatch:
    # Django walks its patterns for every request; most of ours are plain paths that always lead to the same view.
    match = get_resolver().resolve(path)
    if match.args or match.kwargs:
        raise _HasArgumentsError(match)
    return match

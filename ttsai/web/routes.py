"""Facts about routes that the shell needs before Django runs: existence and body limit."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, get_resolver

ROUTES_CACHED = 512

BodyGate = Callable[..., int]
"""(request without its body, the route's arguments) -> bytes that this caller may send. Raises the error to respond with."""


def find_route(path: str) -> ResolverMatch | None:
    """View of a path as spelled in the routes; None if there is none."""
    try:
        return _find_plain(path)
    except _HasArgumentsError as found:
        return found.match
    except Resolver404:
        return None


def body_limit(match: ResolverMatch | None) -> int:
    """Body limit of the route: its view's `max_body_bytes`, the default for JSON, 0 without a view."""
    if match is None:
        return 0
    view: Any = match.func
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    limit: int = getattr(view_class, "max_body_bytes", settings.TTSAI_JSON_BODY_BYTES)
    return limit


def body_gate(match: ResolverMatch) -> BodyGate | None:
    """Check of a request before its body is read: the view's `admit_body`, for large bodies."""
    view: Any = match.func
    gate: BodyGate | None = getattr(getattr(view, "cls", None), "admit_body", None)
    return gate


def keeps_beginning(match: ResolverMatch) -> bool:
    """Tell whether the view stores the beginning of a body whose rest does not arrive: its `keeps_beginning`."""
    view: Any = match.func
    return getattr(getattr(view, "cls", None), "keeps_beginning", False)


class _HasArgumentsError(Exception):
    """Carries a match out of the cache without storing it: paths with a uuid are endless."""

    def __init__(self, match: ResolverMatch) -> None:
        self.match = match


@lru_cache(maxsize=ROUTES_CACHED)
def _find_plain(path: str) -> ResolverMatch:
    # Django walks its patterns for every request; most of ours are plain paths that always lead to the same view.
    match = get_resolver().resolve(path)
    if match.args or match.kwargs:
        raise _HasArgumentsError(match)
    return match

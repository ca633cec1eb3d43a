"""Zones: what kind of site a route belongs to, declared where the route is included: `in_zone(API, path("v1/", include(…)))`."""

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from apps.core.dialects import PLATFORM, dialect_of

ADMIN_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""django-unfold runs Alpine.js, which evaluates the expressions in its pages and sets styles on elements. No page has a script of its own in it."""

SITE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' blob:{objects}; connect-src 'self'{objects}; worker-src 'self' blob:; manifest-src 'self'; form-action 'self'{forms}; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
"""The product's pages run scripts from files of this server only. apps/core/page_safety.py fills the braces: a nonce for style elements that a
library adds, the object store's origin, and the origins that forms are redirected to.
"""

Route = TypeVar("Route", URLPattern, URLResolver)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Rules of the middleware for the routes of one zone."""

    name: str
    has_sessions: bool = False
    """Sessions, users, CSRF protection and messages; other requests do not pay for them."""
    has_error_pages: bool = False
    """Errors are HTML pages, instead of JSON in the path's dialect."""
    is_cross_origin: bool = True
    """Pages of the origins in TTSAI_CORS_ORIGINS may call it, without cookies."""
    shows_limits: bool = True
    """Responses carry X-RateLimit-*."""
    is_private: bool = False
    """Responses belong to an account: `Cache-Control: no-store` unless the view says otherwise."""
    has_optional_slash: bool = True
    """True if a missing trailing slash is added, and OPTIONS lists the methods."""
    content_security_policy: str = ""
    """Content Security Policy of all responses; empty for the strict policy of JSON and text."""


API: Final = Zone(name="api", is_private=True)
"""Programs with a key, in the dialect of the path."""
WEB_API: Final = Zone(name="web_api", has_sessions=True, is_cross_origin=False, is_private=True)
"""The same API for the pages of this site, by session. Without one the caller is anonymous."""
EVENT: Final = Zone(name="event", is_cross_origin=False, is_private=True)
"""Events that other servers send, authenticated by their signature: no sessions, no CSRF protection, no keys."""
PAGE: Final = Zone(name="page")
"""Every address that no other zone claims: errors are JSON, or a page for a browser that asks for one."""
SITE: Final = Zone(
    name="site",
    has_sessions=True,
    has_error_pages=True,
    is_cross_origin=False,
    shows_limits=False,
    is_private=True,
    content_security_policy=SITE_POLICY,
)
"""The product's pages: playground, accounts, dashboard, documentation."""
FILE: Final = Zone(name="file", has_optional_slash=False)
"""Downloads and static files."""
OPERATOR: Final = Zone(
    name="operator",
    has_sessions=True,
    has_error_pages=True,
    is_cross_origin=False,
    shows_limits=False,
    is_private=True,
    has_optional_slash=False,
    content_security_policy=ADMIN_POLICY,
)
"""The operator's admin."""


def in_zone(zone: Zone, route: Route) -> Route:
    """The route of the root URL configuration, marked with its zone."""
    route.zone = zone  # type: ignore[attr-defined]
    return route


def zone_of(path: str) -> Zone:
    """The zone of the path: API below the prefix of a dialect, otherwise that of the first route in the root URL configuration that it begins with."""
    if dialect_of(path) is not PLATFORM:
        return API
    route: Any
    for route in get_resolver().url_patterns:
        if _has_route(route, path.removeprefix("/")):
            zone: Zone = getattr(route, "zone", API)
            return zone
    return PAGE


def _has_route(route: Any, path: str) -> bool:
    """True if the path begins with the route. One that is included without a prefix claims only what one of its own routes begins with."""
    found = route.pattern.match(path)
    if found is None:
        return False
    return bool(str(route.pattern)) or not isinstance(route, URLResolver) or any(_has_route(inner, path) for inner in route.url_patterns)


def zone_of_request(request: HttpRequest) -> Zone:
    """The request's zone, determined once."""
    zone: Zone | None = getattr(request, "zone", None)
    if zone is None:
        zone = request.zone = zone_of(request.path_info)  # type: ignore[attr-defined]
    return zone


def with_slash(path: str) -> str:
    """The path as the routes spell it."""
    return path if path.endswith("/") or not zone_of(path).has_optional_slash else f"{path}/"

"""CORS: pages of the origins in TTSAI_CORS_ORIGINS may call the API with a key of their own, never with cookies.

Implemented here and not by a library's middleware, because refusals, preflights and responses without a thread never reach that middleware.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from apps.core.dialects import Dialect, dialect_of
from apps.core.zones import zone_of_request

METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
HEADERS: Final = (
    "Authorization",
    "Content-Type",
    "X-API-Key",
    "Idempotency-Key",
    "Prefer",
    "Last-Event-ID",
    "Range",
    "X-Request-Id",
    "Tus-Resumable",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "Upload-Checksum",
)
EXPOSED: Final = (
    "X-Request-Id",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "X-Job-Id",
    "X-Credits-Used",
    "X-Model-Used",
    "X-Warning",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Location",
    "Tus-Resumable",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Offset",
)
PREFLIGHT_CACHE_SECONDS: Final = 7200
"""Seconds for which a browser caches a preflight; Chromium's maximum."""
MOST_HEADERS: Final = 50
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


def is_preflight(request: HttpRequest) -> bool:
    """True if the request is a browser's CORS preflight, in a zone that other pages may call."""
    is_asked = request.method == "OPTIONS" and "HTTP_ORIGIN" in request.META and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in request.META
    return is_asked and zone_of_request(request).is_cross_origin


def preflight(request: HttpRequest) -> HttpResponse:
    """Response to a preflight, the same for every path: a page can read the errors of the request itself."""
    response = HttpResponse(headers={"Content-Length": "0"})
    del response.headers["Content-Type"]
    if _allowed(request) is not None:
        asked = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = ", ".join(_header_names(asked, dialect=dialect_of(request.path)))
        response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_CACHE_SECONDS)
    patch_vary_headers(response, ["Access-Control-Request-Headers"])
    return response


def allow_origin(response: HttpResponseBase, request: HttpRequest) -> None:
    """Add the CORS headers if the request's origin is listed; nothing if the setting is empty or the zone is closed to other origins."""
    if not settings.TTSAI_CORS_ORIGINS or not zone_of_request(request).is_cross_origin:
        return
    allowed = _allowed(request)
    if allowed != "*":
        patch_vary_headers(response, ["Origin"])
    if allowed is not None:
        response.headers["Access-Control-Allow-Origin"] = allowed
        dialect = dialect_of(request.path)
        exposed = [*(dialect.header_name(name) for name in EXPOSED), *dialect.extra_header_names]
        response.headers["Access-Control-Expose-Headers"] = ", ".join(exposed)


def is_origin_allowed(request: HttpRequest) -> bool:
    """True if the request comes from no page, from a page of this server, or from a listed origin. For WebSockets, which know no CORS."""
    origin: str = request.META.get("HTTP_ORIGIN", "")
    if not origin or origin.partition("://")[2].lower() == request.META.get("HTTP_HOST", "").lower():
        return True
    return zone_of_request(request).is_cross_origin and _allowed(request) is not None


def _allowed(request: HttpRequest) -> str | None:
    """Value of Access-Control-Allow-Origin; None for an origin that is not listed, and for a request without one."""
    origins = tuple(settings.TTSAI_CORS_ORIGINS)
    if "*" in origins:
        return "*"
    origin: str = request.META.get("HTTP_ORIGIN", "")
    return origin if is_listed_origin(origin) else None


def is_listed_origin(origin: str) -> bool:
    """True for an origin of TTSAI_CORS_ORIGINS."""
    origins = tuple(settings.TTSAI_CORS_ORIGINS)
    return "*" in origins or any(pattern.fullmatch(origin) for pattern in _patterns(origins))


@lru_cache(maxsize=8)
def _patterns(origins: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Compile the origins; `https://*.example.com` matches every subdomain, but not the domain itself."""
    spelled = (re.escape(origin.rstrip("/").lower()).replace(r"\*", r"[a-z0-9-]+(?:\.[a-z0-9-]+)*") for origin in origins)
    return tuple(re.compile(pattern) for pattern in spelled)


def _header_names(asked: str, *, dialect: Dialect) -> Iterable[str]:
    """Our headers, and those that the page's library sends: without cookies, no header carries anything unknown to the page."""
    others = [name for name in (part.strip() for part in asked.split(",")[:MOST_HEADERS]) if _NAME.fullmatch(name)]
    by_lower_case = {name.lower(): name for name in (*HEADERS, *(header.name for header in dialect.key_headers))}
    for name in others:
        by_lower_case.setdefault(name.lower(), name)
    return by_lower_case.values()

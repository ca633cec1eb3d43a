"""Security headers for browsers: no type sniffing, no framing, no caching of an account's data."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.core.zones import zone_of_request

ANSWER_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Policy of JSON and text, which are no pages even if a browser opens them. Audio has none: browsers play it in a page of their own."""


def add_security_headers(response: HttpResponseBase, request: HttpRequest) -> None:
    """Add the headers that the view has not set."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    kind = headers.get("Content-Type", "")
    zone = zone_of_request(request)
    if zone.content_security_policy:
        headers.setdefault("Content-Security-Policy", zone.content_security_policy)
    elif kind.startswith(("application/json", "text/")):
        headers.setdefault("Content-Security-Policy", ANSWER_POLICY)
    if kind.startswith("text/html"):
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if zone.is_private:
        headers.setdefault("Cache-Control", "no-store")
    if settings.TTSAI_HSTS_SECONDS and (request.is_secure() or settings.TTSAI_PUBLIC_URL.startswith("https://")):
        headers.setdefault("Strict-Transport-Security", f"max-age={settings.TTSAI_HSTS_SECONDS}; includeSubDomains")

"""Security headers for browsers: no type sniffing, no framing, no caching of an account's data."""

import secrets
from functools import cache
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from apps.core.zones import SITE_POLICY, zone_of_request

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
        headers.setdefault("Content-Security-Policy", filled_policy(zone.content_security_policy, request))
    elif kind.startswith(("application/json", "text/")):
        headers.setdefault("Content-Security-Policy", ANSWER_POLICY)
    if kind.startswith("text/html"):
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if zone.is_private:
        headers.setdefault("Cache-Control", "no-store")
    if settings.TTSAI_HSTS_SECONDS and (request.is_secure() or settings.TTSAI_PUBLIC_URL.startswith("https://")):
        headers.setdefault("Strict-Transport-Security", f"max-age={settings.TTSAI_HSTS_SECONDS}; includeSubDomains")


def csp_nonce(request: HttpRequest) -> str:
    """Nonce of the request's page, for style elements."""
    nonce: str | None = getattr(request, "csp_nonce", None)
    if nonce is None:
        nonce = request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]
    return nonce


def filled_policy(policy: str, request: HttpRequest) -> str:
    """The policy with this request's nonce, the object store's origin and the origins that forms lead to."""
    if "{nonce}" not in policy:
        return policy
    return policy.format(
        nonce=csp_nonce(request), objects=object_origins(), forms="".join(f" {origin}" for origin in settings.TTSAI_FORM_ORIGINS)
    )


def site_policy(request: HttpRequest) -> str:
    """Policy of the product's pages, for a page outside of their zone."""
    return filled_policy(SITE_POLICY, request)


@cache
def object_origins() -> str:
    """Origins that presigned addresses lead to, each after a space; empty if this server sends the objects itself."""
    bucket = settings.S3_BUCKET
    if not bucket:
        return ""
    if not settings.S3_PUBLIC_ENDPOINT_URL:
        return f" https://{bucket}.s3.amazonaws.com https://{bucket}.s3.{settings.S3_REGION}.amazonaws.com"
    place = urlsplit(settings.S3_PUBLIC_ENDPOINT_URL)
    return f" {place.scheme}://{place.netloc} {place.scheme}://{bucket}.{place.netloc}"

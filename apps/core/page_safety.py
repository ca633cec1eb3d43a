"""Security headers for browsers: no type sniffing, no framing, no caching of an account's data."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Policy of the admin: django-unfold runs Alpine.js, which evaluates expressions in its pages and takes no nonce."""
ANSWER_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""Policy of JSON and text, which are no pages even if a browser opens them. Audio has none: browsers play it in a page of their own."""
PRIVATE: Final = ("/v1/", "/api/v1/", "/admin/")


def make_safe(response: HttpResponseBase, request: HttpRequest) -> None:
    """Add the headers that the view has not set."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    kind = headers.get("Content-Type", "")
    if request.path.startswith("/admin/"):
        headers.setdefault("Content-Security-Policy", ADMIN_POLICY)
    elif kind.startswith(("application/json", "text/")):
        headers.setdefault("Content-Security-Policy", ANSWER_POLICY)
    if kind.startswith("text/html"):
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.path.startswith(PRIVATE):
        headers.setdefault("Cache-Control", "no-store")
    if settings.TTSAI_HSTS_SECONDS and (request.is_secure() or settings.TTSAI_PUBLIC_URL.startswith("https://")):
        headers.setdefault("Strict-Transport-Security", f"max-age={settings.TTSAI_HSTS_SECONDS}; includeSubDomains")

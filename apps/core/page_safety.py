"""Safety headers of every answer for browsers: not to guess types, not to frame, not to keep what belongs to an account."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

ADMIN_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""django-unfold runs Alpine.js, which evaluates the expressions in its pages and takes no nonce."""
ANSWER_POLICY: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""JSON and text are no pages, also when a browser is led to them. Audio has none of it: a browser plays it in a page of its own."""
PRIVATE: Final = ("/v1/", "/api/v1/", "/admin/")


def make_safe(response: HttpResponseBase, request: HttpRequest) -> None:
    """Adds what the view has not said itself."""
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

"""The interactive API reference."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """GET /docs: interactive documentation; everything it loads comes from this server."""
    nonce = secrets.token_urlsafe(16)
    response = render(request, "website/docs.html", {"nonce": nonce})
    response["Content-Security-Policy"] = DOCS_POLICY.format(nonce=nonce)
    return response

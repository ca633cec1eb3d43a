"""Views of the index, the schema, the interactive documentation and the home page."""

import json
import secrets
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.links import public_base
from apps.core.schema import schema

DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HOME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class IndexView(APIView):
    """GET /v1/: index of the API."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Version, documentation URLs and paths of the API."""
        base, prefix = public_base(request), request.path
        paths = [path.replace("/v1/", prefix, 1) for path in json.loads(schema_json())["paths"]]
        return Response(
            {
                "name": "Speech Platform",
                "version": settings.TTSAI_VERSION,
                "documentation": f"{base}/docs/",
                "schema": f"{base}{prefix}schema/",
                "health": f"{base}{prefix}health/",
                "models": f"{base}{prefix}models/",
                "voices": f"{base}{prefix}voices/",
                "paths": paths,
            }
        )


class SchemaView(APIView):
    """GET /v1/schema/: the OpenAPI schema."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:  # noqa: ARG002
        """The OpenAPI 3.1 schema of this server."""
        return HttpResponse(schema_json(), content_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@cache
def schema_json() -> bytes:
    """The schema, generated once per process."""
    return json.dumps(schema(), separators=(",", ":")).encode()


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """GET /docs: interactive documentation; everything it loads comes from this server."""
    nonce = secrets.token_urlsafe(16)
    return _page(request, "docs", policy=DOCS_POLICY.format(nonce=nonce), nonce=nonce)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """GET /: home page."""
    return _page(request, "home", policy=HOME_POLICY)


def _page(request: HttpRequest, name: str, *, policy: str, nonce: str = "") -> HttpResponse:
    response = render(request, f"core/{name}.html", {"nonce": nonce})
    response["Content-Security-Policy"] = policy
    return response

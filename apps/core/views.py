"""Views of the index and the schema."""

import json
from functools import cache

from django.conf import settings
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.links import public_base
from apps.core.schema import schema


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


@method_decorator(gzip_page, name="dispatch")
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

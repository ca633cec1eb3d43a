"""Another vendor's API for tests: its own key headers, error shape, statuses, envelope and header names."""

from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views import View
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.core.deferred import Deferred, Exchange
from apps.core.dialects import Dialect, KeyHeader
from apps.core.errors import ApplicationError, ConflictError
from apps.uploads.admission import admit_form

STATUSES: Final = {400: 422, 402: 401}


def render_error(error: ApplicationError, request_id: str) -> tuple[int, Any]:
    detail = {"status": error.code, "message": error.message, "request": request_id}
    return STATUSES.get(error.status, error.status), {"detail": detail}


DIALECT: Final = Dialect(
    name="other",
    roots=("/v1/", "/"),
    paths=("other/",),
    shared_paths=("account/",),
    home="/other-home/",
    own_key_headers=(KeyHeader("Authorization", "Token"),),
    urlconf="tests.core.other_api",
    key_headers=(KeyHeader("xi-api-key"), KeyHeader("Authorization", "Token")),
    challenge="Token",
    render_error=render_error,
    error_schema={"type": "object", "required": ["detail"]},
    wrap_success=lambda data: {"success": True, "data": data},
    requests_per_minute_by_scope={"tts:generate": 3},
    header_names={"X-Request-Id": "request-id", "X-RateLimit-Limit": "ratelimit-limit"},
)


class Things(APIView):
    permission_classes = [HasAccount, scope_required("tts:generate")]

    def get(self, request: Request) -> Response:
        return Response({"name": request.query_params.get("name", "")})

    def post(self, request: Request) -> Response:
        return Response(request.data)


class Uploads(APIView):
    max_body_bytes = 3_000_000
    admit_body = staticmethod(admit_form)


class Faults(View):
    """View that raises the requested error: at once, or from a deferred response."""

    ERRORS = {
        "bug": RuntimeError("a bug"),
        "database": OperationalError("the server closed the connection"),
        "missing": Http404("no such thing"),
        "suspicious": SuspiciousOperation("a bad cookie"),
        "conflict": ConflictError("not now", code="not_now"),
    }

    def get(self, request: HttpRequest, name: str) -> HttpResponseBase:
        if "later" not in request.GET:
            raise self.ERRORS[name]

        async def resolve(exchange: Exchange) -> HttpResponse:
            raise self.ERRORS[name]

        return Deferred(resolve)


class Later(View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        async def resolve(exchange: Exchange) -> HttpResponse:
            return JsonResponse({"done": True})

        return Deferred(resolve)


class FaultyApi(APIView):
    permission_classes = []
    throttle_classes = [PollLimit]

    def get(self, request: Request, name: str) -> Response:
        raise Faults.ERRORS[name]


urlpatterns: list[Any] = [
    path("account/", Things.as_view()),
    path("other/things/", Things.as_view()),
    path("other/uploads/", Uploads.as_view()),
    path("other/later/", Later.as_view()),
    path("other/faults/<str:name>/", Faults.as_view()),
    path("other/api-faults/<str:name>/", FaultyApi.as_view()),
]

"""Routes for tests of the shell itself."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views import View
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from starlette.responses import StreamingResponse

from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ConflictError
from apps.core.files import RangedFile

LEFT: list[str] = []
"""Jobs whose client disconnected."""
FILE = Path(__file__)


class Echo(APIView):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []

    def get(self, request: Request) -> Response:
        return Response({"query": request.query_params.dict(), "path": request.path})

    def post(self, request: Request) -> Response:
        return Response(request.data)


class Size(View):
    max_body_bytes = 3_000_000

    def post(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"bytes": len(request.read()), "declared": request.META["CONTENT_LENGTH"]})


class Wait(View):
    def get(self, request: HttpRequest, job: str) -> HttpResponse:
        async def resolve(exchange: Exchange) -> HttpResponse:
            end = await exchange.wait_for_end(UUID(job), float(request.GET.get("seconds", "20")))
            if exchange.has_left.is_set():
                LEFT.append(job)
            others = await exchange.count_other_waiters(UUID(job))
            return JsonResponse({"end": end, "others": others}, headers={"X-Own": "1"})

        deferred = Deferred(resolve)
        deferred["X-From-View"] = "yes"
        return deferred


class Events(View):
    def get(self, request: HttpRequest, job: str) -> HttpResponse:
        async def resolve(exchange: Exchange) -> ASGIApp:
            async def lines() -> AsyncIterator[str]:
                async for entry_id, event in exchange.events(UUID(job), request.headers.get("Last-Event-ID", "0")):
                    yield f"{entry_id} {event['type']}\n"
                LEFT.append(job)

            return StreamingResponse(lines(), media_type="text/plain")

        return Deferred(resolve)


class Fail(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        async def resolve(exchange: Exchange) -> HttpResponse:
            await asyncio.sleep(0)
            if "bug" in request.GET:
                raise RuntimeError("a bug behind the view")
            raise ConflictError("not now", code="not_now")

        if "early" in request.GET:
            raise RuntimeError("a bug in the view")
        return Deferred(resolve)


class Threads(View):
    """Thread and database connection of a request."""

    def get(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        time.sleep(float(request.GET.get("seconds", "0")))
        return JsonResponse({"thread": threading.get_ident(), "backend": backend})


def ranged(request: HttpRequest) -> HttpResponseBase:
    file = RangedFile(FILE, stat=FILE.stat(), content_type="text/plain", headers={"ETag": '"v1"'}, request_id="r1")

    async def resolve(exchange: Exchange) -> ASGIApp:
        return file

    return Deferred(resolve)


def stream(request: HttpRequest) -> HttpResponseBase:
    return StreamingHttpResponse((b"x" * 1000 for _ in range(100)), content_type="text/plain")


urlpatterns = [
    path("v1/echo/", Echo.as_view()),
    path("v1/size/", Size.as_view()),
    path("v1/wait/<str:job>/", Wait.as_view()),
    path("v1/events/<str:job>/", Events.as_view()),
    path("v1/fail/", Fail.as_view()),
    path("v1/threads/", Threads.as_view()),
    path("v1/ranged/", ranged),
    path("v1/stream/", stream),
]

handler400 = "apps.core.exception_handler.bad_request"
handler404 = "apps.core.exception_handler.not_found"
handler500 = "apps.core.exception_handler.server_error"

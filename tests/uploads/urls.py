"""Platform routes, and an endpoint that accepts a file in each way, like /v1/stt/."""

from django.http import JsonResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.core.deferred import Deferred, Exchange
from apps.core.fields import validated
from apps.core.parsing import JSONBodyParser
from apps.uploads.admission import admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.serializers import SourceSerializer
from apps.uploads.services import SourceLimits, ingest_source_async, order_source
from ttsai.urls import handler400, handler403, handler404, handler500
from ttsai.urls import urlpatterns as platform

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

SHAPE = SourceSerializer()
LIMITS = SourceLimits(max_bytes=5_000_000, max_audio_seconds=60.0)


class Listen(APIView):
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = 6_000_000
    admit_body = staticmethod(admit_form)

    def post(self, request: Request) -> Deferred:
        body = validated(SHAPE, request.data)
        order = order_source(
            get_caller(request),
            file=body.get("file"),
            file_url=body.get("file_url"),
            upload_id=body.get("upload_id"),
            limits=LIMITS,
        )

        async def resolve(exchange: Exchange) -> JsonResponse:
            source = await ingest_source_async(exchange, order)
            return JsonResponse(
                {"key": source.key, "sha256": source.sha256, "seconds": source.info.audio_seconds, "note": request.data.get("note")}
            )

        return Deferred(resolve)


urlpatterns = [path("v1/hear/", Listen.as_view()), *platform]

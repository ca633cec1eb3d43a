"""Views of the audio tools, one for each declaration."""

from typing import Any, ClassVar

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import open_to_visitors, scope_required
from apps.audio_tools.declaration import AudioTool, ToolOrder
from apps.audio_tools.services import request_tool
from apps.audio_tools.shapes import answer_shape
from apps.core.caching import NO_STORE
from apps.core.deferred import ASGIApp, Exchange
from apps.core.fields import validated
from apps.core.parsing import JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import recording_idempotency, recording_response
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import ASYNC, prefers_async
from apps.speech.audio_response import audio_response
from apps.uploads.admission import FORM_BYTES, form_gate
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source

WAITS = "Waits for the result for at most 290 seconds; then answers 504 with the uuid, and `/v1/speech/results/` returns it later."


class ToolView(APIView):
    """Base view: a recording in, a file or JSON out."""

    parser_classes = [FormParser, JSONBodyParser]
    tool: ClassVar[AudioTool]
    shape: ClassVar[serializers.Serializer[Any]]

    def process(self, request: Request) -> HttpResponseBase:
        """Refuse invalid requests, ingest the recording, queue the job, and wait unless the request is asynchronous."""
        tool, caller, is_awaited = self.tool, get_caller(request), not prefers_async(request)
        options = validated(self.shape, request.data)
        tool.check(caller, options)

        def submit(source: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint=tool.kind.name, body=options, source=source)
            order = ToolOrder(caller, options=options, source=source)
            return request_tool(tool, order=order, is_awaited=is_awaited, idempotency=idempotency, request_id=request_id_of(request))

        return recording_response(
            request,
            options,
            limits=tool.limits,
            submit=submit,
            answer=tool.answer(request) if tool.answer else document_answer if tool.document else audio_response,
            is_awaited=is_awaited,
        )


def document_answer(job: Job, exchange: Exchange) -> HttpResponseBase | ASGIApp:  # noqa: ARG001 - the protocol of answers
    """Response with the facts that the tool found."""
    return JsonResponse(answer_shape(job), headers={**NO_STORE, "X-Job-Id": job.uuid.hex})


def tool_view(tool: AudioTool) -> type[ToolView]:
    alternative = {(200, "application/json"): tool.alternative} if tool.alternative else {}
    file_response = OpenApiResponse(OpenApiTypes.BINARY, description="The file itself.")

    permission = open_to_visitors(tool.kind.name)

    class DeclaredToolView(ToolView):
        permission_classes = [permission, scope_required("audio:process")]
        admit_body = staticmethod(form_gate(permission))
        max_body_bytes = tool.limits.max_bytes + FORM_BYTES

        @extend_schema(
            operation_id=tool.operation_id,
            tags=["audio"],
            summary=tool.summary,
            description=f"{tool.description}\n\n{WAITS}",
            parameters=[IDEMPOTENCY_HEADER, ASYNC],
            request={"multipart/form-data": tool.fields, "application/json": tool.fields},
            responses=tool.document or {(200, tool.content_type): file_response, **alternative},
        )
        def post(self, request: Request) -> HttpResponseBase:
            return self.process(request)

    DeclaredToolView.tool = tool
    DeclaredToolView.shape = tool.fields()
    return DeclaredToolView

"""View of POST /v1/stt/."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from apps.accounts.permissions import open_to_visitors, scope_required
from apps.core.caching import NO_STORE
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.jobs.models import Job
from apps.jobs.requests import IDEMPOTENCY_HEADER
from apps.jobs.waiting import ASYNC, prefers_async
from apps.transcription.kinds import TRANSCRIPTION
from apps.transcription.requests import BaseTranscriptionView
from apps.transcription.serializers import TranscriptionRequestSerializer, TranscriptSerializer
from apps.transcription.services import TranscriptionOrder
from apps.transcription.shapes import answer_shape, event_shapes
from apps.uploads.admission import form_gate

SHAPE = TranscriptionRequestSerializer()
VISITED = open_to_visitors(TRANSCRIPTION.name)


class TranscriptionView(BaseTranscriptionView):
    permission_classes = [VISITED, scope_required("stt:transcribe")]
    admit_body = staticmethod(form_gate(VISITED))

    @extend_schema(
        operation_id="stt",
        tags=["transcription"],
        summary="Speech to text",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": TranscriptionRequestSerializer, "application/json": TranscriptionRequestSerializer},
        responses={
            (200, "application/json"): TranscriptSerializer,
            (200, "text/event-stream"): OpenApiResponse(OpenApiTypes.STR, description="With `stream`."),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Wait for the transcript for at most 290 seconds; then answer 504 with the uuid, and `/v1/speech/results/` returns it later under
        `result`. With `stream` the answer begins with the first text: `transcript.text.delta` has the next `delta` with its `segments`,
        `transcript.text.done` all that the answer without `stream` has.
        """
        body = validated(SHAPE, request.data)
        order = _order(body, is_awaited=not prefers_async(request))
        events = event_shapes(has_words=body["timestamps"]) if body["stream"] else None
        return self.listen(request, body, order=order, endpoint="stt", answer=_answer, events=events)


def _order(body: dict[str, Any], *, is_awaited: bool) -> TranscriptionOrder:
    return TranscriptionOrder(
        model=body["model"],
        language=body["language"],
        has_words=body["timestamps"],
        is_diarized=body["diarize"],
        speakers=body.get("num_speakers") or 0,
        prompt=body["prompt"],
        hotwords=body["hotwords"],
        is_awaited=is_awaited,
        webhook_url=body["webhook_url"],
    )


def _answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
    return JsonResponse(answer_shape(job), headers={**NO_STORE, "X-Job-Id": job.uuid.hex})

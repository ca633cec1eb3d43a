"""POST /v1/stt/."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.core.parsing import JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import RecordingAnswer, recording_idempotency
from apps.jobs.services.submit import Submission
from apps.jobs.waiting import ASYNC, wants_no_wait
from apps.listening.serializers import TranscriptionRequestSerializer, TranscriptSerializer
from apps.listening.services import LIMITS, ListeningOrder, check_order, request_transcription
from apps.listening.shapes import answer_shape
from apps.speech.views import IDEMPOTENCY_HEADER, queued_shape, request_id_of
from apps.uploads.admission import FORM_BYTES, admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source, order_source

SHAPE = TranscriptionRequestSerializer()
NOT_STORED = {"Cache-Control": "no-store"}


class TranscriptionView(APIView):
    """Speech to text."""

    permission_classes = [HasAccount, scope_required("stt:transcribe")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(admit_form)

    @extend_schema(
        operation_id="stt",
        tags=["listening"],
        summary="Speech to text",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": TranscriptionRequestSerializer, "application/json": TranscriptionRequestSerializer},
        responses=TranscriptSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Waits for the transcript, at most 290 seconds: then 504 with the uuid, and `/v1/speech/results/` has it later under `result`."""
        body = validated(SHAPE, request.data)
        caller, is_awaited = get_caller(request), not wants_no_wait(request)
        order = _order(body, is_awaited=is_awaited)
        check_order(caller, order=order)
        source_order = order_source(
            caller, file=body.get("file"), file_url=body.get("file_url"), upload_id=body.get("upload_id"), limits=LIMITS
        )

        def submit(source: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint="stt", body=body, source=source)
            return request_transcription(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        return RecordingAnswer(
            source_order,
            submit=submit,
            answer=_answer,
            queued=lambda submission: queued_shape(submission, warnings=[]),
            is_awaited=is_awaited,
            is_kept="HTTP_IDEMPOTENCY_KEY" in request.META,
        ).deferred()


def _order(body: dict[str, Any], *, is_awaited: bool) -> ListeningOrder:
    return ListeningOrder(
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
    return JsonResponse(answer_shape(job), headers={**NOT_STORED, "X-Job-Id": job.uuid.hex})

"""View of POST /v1/speech-translate/."""

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import open_to_visitors, scope_required
from apps.core.deferred import Exchange
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.parsing import JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import recording_idempotency, recording_response
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import ASYNC, prefers_async
from apps.translation.kinds import SPEECH_TRANSLATION
from apps.translation.serializers import SpeechTranslationRequestSerializer, SpeechTranslationSerializer
from apps.translation.services import LIMITS, TranslationOrder, choose_models, request_translation
from apps.translation.shapes import answer_shape
from apps.uploads.admission import FORM_BYTES, form_gate
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source

SHAPE = SpeechTranslationRequestSerializer()
VISITED = open_to_visitors(SPEECH_TRANSLATION.name)


class SpeechTranslationView(APIView):
    """Speech to speech in another language."""

    permission_classes = [VISITED, scope_required("speech:translate")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = LIMITS.max_bytes + FORM_BYTES
    admit_body = staticmethod(form_gate(VISITED))

    @extend_schema(
        operation_id="speech_translate",
        tags=["transcription"],
        summary="Speech translation",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={"multipart/form-data": SpeechTranslationRequestSerializer, "application/json": SpeechTranslationRequestSerializer},
        responses=SpeechTranslationSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Recognise, translate and speak a recording. Waits for at most 290 seconds; then answers 504 with the uuid, and
        `/v1/speech/results/` returns it later.
        """
        body = validated(SHAPE, request.data)
        caller, order = get_caller(request), _order(body, is_awaited=not prefers_async(request))
        choose_models(caller, order=order)
        base = public_base(request)

        def submit(source: Source) -> Submission:
            idempotency = recording_idempotency(request, endpoint="speech-translate", body=body, source=source)
            return request_translation(caller, order=order, source=source, idempotency=idempotency, request_id=request_id_of(request))

        def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the protocol of answers
            return JsonResponse(answer_shape(job, base=base), headers={"X-Job-Id": job.uuid.hex})

        return recording_response(
            request,
            body,
            limits=LIMITS,
            submit=submit,
            answer=answer,
            is_awaited=order.is_awaited,
        )


def _order(body: dict[str, Any], *, is_awaited: bool) -> TranslationOrder:
    return TranslationOrder(
        target_language=body["target_language"],
        source_language=body["source_language"],
        voice=body["voice"],
        is_voice_preserved=body["preserve_voice"],
        format=body["format"],
        is_awaited=is_awaited,
        webhook_url=body["webhook_url"],
    )

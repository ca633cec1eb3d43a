"""Views of POST /api/clone/create and /api/clone/create-multi."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.clonyvoice.voice_shapes import ClonyVoiceDetailSerializer, cloned_detail_shape
from apps.core import fields
from apps.core.deferred import Deferred, Exchange
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.fields import validated
from apps.core.parsing import FORM, JSON, JSONBodyParser
from apps.jobs.recordings import request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.waiting import ASYNC, prefers_async, upload_wait_seconds
from apps.uploads.admission import admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.serializers import ReferenceSerializer
from apps.uploads.services import Source, hand_over, ingest_sources_async
from apps.voice_library.selectors import list_favourite_ids
from apps.voices.embed_waiting import wait_for_examination
from apps.voices.models import Voice
from apps.voices.recordings import BODY_BYTES, order_recordings
from apps.voices.serializers import RECORDING_HELP, CategoriesField, ConsentSerializer, Name, RecordingsField
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.enrolments import VoiceOrder
from apps.voices.services.requests import DEFAULT_MODEL, CloneOrder, CloneSubmission, check_order, clone_or_release, request_clone

RECORDINGS = ("audio", "file", "files")


class CloneCreateSerializer(ReferenceSerializer, ConsentSerializer):
    """Form with a recording, or JSON with a reference to one."""

    name = Name(help_text="Name of the voice.")
    audio = RecordingsField(help_text=RECORDING_HELP)
    file = RecordingsField(help_text="The same as `audio`.")
    transcript = fields.FormName(required=False, max_length=5000, help_text="Words of the recording; transcribed if omitted.")
    categories = CategoriesField(help_text="Categories of the voice; in a form separated by commas.")
    model = fields.FormName(required=False, default=DEFAULT_MODEL, max_length=100, help_text="Model that speaks with the voice.")


class CloneCreateMultiSerializer(CloneCreateSerializer):
    """Form with several recordings of one speaker."""

    files = RecordingsField(help_text="Recordings of one speaker; the field is repeated.")


class ClonedSerializer(ClonyVoiceDetailSerializer):
    """New voice."""

    voice_id = serializers.CharField(help_text="The same as `id`.")
    job_id = serializers.CharField(allow_null=True, help_text="Job that makes the voice; null if it was there.")


CLONED = {
    200: ClonedSerializer,
    404: OpenApiResponse(OpenApiTypes.OBJECT, description="The voice was deleted meanwhile."),
    504: OpenApiResponse(OpenApiTypes.OBJECT, description="Not ready in time; the job continues, its `uuid` stands in the body."),
}
ONE, SEVERAL = CloneCreateSerializer(), CloneCreateMultiSerializer()


class CloneCreateView(APIView):
    """Clone a voice from one recording."""

    permission_classes = [HasAccount, scope_required("clone:create")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = BODY_BYTES
    admit_body = staticmethod(admit_form)

    @extend_schema(
        operation_id="clonyvoice_clone_create",
        tags=["clonyvoice"],
        summary="Clone a voice",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={FORM: CloneCreateSerializer, JSON: CloneCreateSerializer},
        responses=CLONED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep the voice of a recording under `name`, free of charge. Answers when a likeness speaks (state `training`); the voice is fitted
        afterwards. With `async=true` it answers at once (state `draft`).
        """
        body = validated(ONE, request.data)
        param, files = _recordings_of(body)
        if len(files) > 1:
            message = f"Send one recording, not {len(files)}. POST /api/clone/create-multi takes several."
            raise InvalidRequestError(message, param=param)
        return _clone(request, body, files=files, param=param, endpoint="clonyvoice-clone")


class CloneCreateMultiView(CloneCreateView):
    """Clone a voice from several recordings."""

    @extend_schema(
        operation_id="clonyvoice_clone_create_multi",
        tags=["clonyvoice"],
        summary="Clone a voice from several recordings",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={FORM: CloneCreateMultiSerializer},
        responses=CLONED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep the voice of several recordings of one speaker under `name`, as `POST /api/clone/create` does with one."""
        body = validated(SEVERAL, request.data)
        param, files = _recordings_of(body)
        return _clone(request, body, files=files, param=param, endpoint="clonyvoice-clone-multi")


def _recordings_of(body: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
    """Name under which the body has files, and the files."""
    names = [name for name in RECORDINGS if body.get(name)]
    if len(names) > 1:
        raise InvalidRequestError(f"Send recordings as {names[0]} or as {names[1]}, not both.", param=names[1])
    return (names[0], tuple(body[names[0]])) if names else (RECORDINGS[0], ())


def _clone(request: Request, body: Mapping[str, Any], *, files: Sequence[Any], param: str, endpoint: str) -> Deferred:
    started, caller, is_awaited = time.monotonic(), get_caller(request), not prefers_async(request)
    order = _order(body, is_awaited=is_awaited)
    references = {name: body.get(name) for name in ("file_url", "upload_id")}
    check_order(caller, order=order, recordings=len(files) or int(any(references.values())), param=param)
    recordings = order_recordings(caller, files=files, param=param, **references)

    async def resolve(exchange: Exchange) -> HttpResponseBase:
        sources = await ingest_sources_async(exchange, recordings.first, held=recordings.held)
        submission = await hand_over(
            exchange, sources, clone_or_release, partial(_submit, request, body, order=order, sources=sources, endpoint=endpoint)
        )
        if is_awaited:
            await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(time.monotonic() - started))
        return await exchange.run(_cloned_response, request, submission)

    return Deferred(resolve)


def _order(body: Mapping[str, Any], *, is_awaited: bool) -> CloneOrder:
    statement = body.get("consent")
    return CloneOrder(
        model=body["model"],
        voice=VoiceOrder(name=body["name"], categories=tuple(body.get("categories", ()))),
        transcript=body.get("transcript", ""),
        transcript_param="transcript",
        consent=ConsentStatement(statement, body.get("consent_by", "")) if statement else None,
        is_awaited=is_awaited,
    )


def _submit(request: Request, body: Mapping[str, Any], *, order: CloneOrder, sources: Sequence[Source], endpoint: str) -> CloneSubmission:
    """Create the job."""
    fields_sent = {name: value for name, value in body.items() if name not in RECORDINGS}
    idempotency = request_idempotency(request, endpoint=endpoint, body=fields_sent, sha256="".join(one.sha256 for one in sources))
    return request_clone(get_caller(request), order=order, sources=sources, idempotency=idempotency, request_id=request_id_of(request))


def _cloned_response(request: Request, submission: CloneSubmission) -> JsonResponse:
    voice = Voice.objects.select_related("enrolment", "next_enrolment").filter(pk=submission.voice.pk).first()
    if voice is None:
        raise NotFoundError("The voice was deleted.", code="voice_not_found")
    shape = cloned_detail_shape(voice, request=request, favourites=list_favourite_ids(get_caller(request).required_account))
    job_id = submission.job.uuid.hex if submission.job else None
    return JsonResponse({**shape, "voice_id": voice.voice_id, "job_id": job_id}, headers={"Cache-Control": "no-store"})

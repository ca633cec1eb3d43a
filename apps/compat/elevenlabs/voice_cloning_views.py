"""POST /v1/voices/add and POST /v1/voices/<voice_id>/edit: recordings make or change a voice."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.elevenlabs import voice_serializers as shapes
from apps.compat.elevenlabs.forms import read_form
from apps.core.caching import NO_STORE
from apps.core.deferred import Deferred, Exchange
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.jobs.recordings import RecordingResponse, request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.waiting import upload_wait_seconds
from apps.speech.audio_response import audio_response
from apps.uploads.admission import admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source, hand_over, ingest_sources_async
from apps.voice_profiles.services import change_profile
from apps.voices.embed_waiting import wait_for_examination
from apps.voices.models import Voice
from apps.voices.recordings import BODY_BYTES, order_recordings
from apps.voices.selectors import get_own_voice
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.editing import change_voice
from apps.voices.services.enrolments import VoiceOrder
from apps.voices.services.requests import CloneOrder, CloneSteps, CloneSubmission, check_order, clone_or_release, request_clone
from apps.voices.services.samples import add_recordings, check_addition

ADD, EDIT = shapes.VoiceFormSerializer(), shapes.VoiceEditSerializer()
OK = {"status": "ok"}


class VoiceFormView(APIView):
    """Base view of forms with recordings of a speaker."""

    permission_classes = [HasAccount, scope_required("clone:create")]
    parser_classes = [FormParser]
    max_body_bytes = BODY_BYTES
    admit_body = staticmethod(admit_form)


class VoiceAddView(VoiceFormView):
    waits_for_job = True

    @extend_schema(
        operation_id="elevenlabs_voice_add",
        tags=["elevenlabs"],
        summary="Clone a voice",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": shapes.VoiceFormSerializer},
        responses=shapes.AddedVoiceSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """ElevenLabs' instant clone: keep the voice of the recordings under a name. Answers when the voice speaks, after some seconds; it becomes
        better with its training.
        """
        started, body, caller = time.monotonic(), _form(ADD, request), get_caller(request)
        files = body.get("files") or ()
        if not files:
            raise InvalidRequestError("files: Send one recording of the speaker or several.", code="missing_field", param="files")
        consent = body.get("consent")
        order = CloneOrder(voice=VoiceOrder(name=body["name"]), consent=ConsentStatement(consent, "") if consent else None, is_awaited=True)
        check_order(caller, order=order, recordings=len(files), param="files")
        recordings = order_recordings(caller, files=files, file_url=None, upload_id=None, param="files")

        async def resolve(exchange: Exchange) -> HttpResponseBase:
            sources = await ingest_sources_async(exchange, recordings.first, held=recordings.held)
            submission = await hand_over(exchange, sources, clone_or_release, partial(_submit, request, body, order=order, sources=sources))
            await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(time.monotonic() - started))
            return JsonResponse({"voice_id": submission.voice.voice_id, "requires_verification": False}, headers=NO_STORE)

        return Deferred(resolve)


def _submit(request: Request, body: Mapping[str, Any], *, order: CloneOrder, sources: Sequence[Source]) -> CloneSubmission:
    """Create the job, and describe the voice."""
    caller, fields = get_caller(request), {name: value for name, value in body.items() if name != "files"}
    idempotency = request_idempotency(request, endpoint="elevenlabs-voice", body=fields, sha256=_digest(sources))
    steps = CloneSteps(before=lambda: None, after=lambda voice: _describe(caller, voice.voice_id, body=body))
    return request_clone(caller, order=order, sources=sources, idempotency=idempotency, request_id=request_id_of(request), steps=steps)


class VoiceEditView(VoiceFormView):
    @extend_schema(
        operation_id="elevenlabs_voice_edit",
        tags=["elevenlabs"],
        summary="Change a voice",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": shapes.VoiceEditSerializer},
        responses=shapes.ElevenLabsStatusSerializer,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Change name, description and labels of a voice of the account, and add recordings, with which it is enrolled again."""
        body, caller = _form(EDIT, request), get_caller(request)
        voice, files = get_own_voice(caller, voice_id=voice_id), body.get("files") or ()
        consent = ConsentStatement(body["consent"], "") if body.get("consent") else None
        if files:
            check_addition(caller, voice_id=voice_id, recordings=len(files), consent=consent)

        def change(voice: Voice) -> None:
            change_voice(caller, voice, name=body.get("name"), categories=None)
            _describe(caller, voice_id, body=body)

        if not files:
            with transaction.atomic():
                change(voice)
            return Response(OK)
        recordings = order_recordings(caller, files=files, file_url=None, upload_id=None, param="files")

        def submit(*sources: Source) -> Submission:
            fields = {**{name: value for name, value in body.items() if name != "files"}, "voice_id": voice_id}
            idempotency = request_idempotency(request, endpoint="elevenlabs-voice-edit", body=fields, sha256=_digest(sources))
            return add_recordings(
                caller,
                voice_id=voice_id,
                sources=sources,
                consent=consent,
                webhook_url="",
                idempotency=idempotency,
                request_id=request_id_of(request),
                change=change,
            )

        return RecordingResponse(
            recordings.first,
            submit=submit,
            answer=audio_response,
            queued=lambda submission: OK,  # noqa: ARG005 - the protocol of answers
            is_awaited=False,
            is_kept=True,
            held=recordings.held,
        ).deferred()


def _form(shape: Any, request: Request) -> dict[str, Any]:
    """The validated form. Some clients name the list `files[]`."""
    return validated(shape, read_form(request.data, json_fields=("labels",), renamed={"files[]": "files"}))


def _describe(caller: Caller, voice_id: str, *, body: Mapping[str, Any]) -> None:
    if body.get("description") is not None or body.get("labels") is not None:
        change_profile(caller.required_account, voice_id=voice_id, description=body.get("description"), labels=body.get("labels"))


def _digest(sources: Sequence[Source]) -> str:
    return "".join(source.sha256 for source in sources)

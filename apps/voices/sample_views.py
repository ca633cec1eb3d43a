"""Views of /v1/voices/<id>/samples/: the recordings of a kept voice."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.core.caching import NO_STORE
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.parsing import JSONBodyParser
from apps.jobs.recordings import RecordingResponse, request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, queued_shape, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.speech.audio_response import audio_response
from apps.speech.links import result_address
from apps.uploads.admission import admit_form
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source
from apps.voices import serializers as shapes
from apps.voices.recordings import BODY_BYTES, order_recordings
from apps.voices.selectors import get_own_voice
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.samples import add_recordings, check_addition, remove_recording

NEW_SAMPLE = shapes.NewSampleSerializer()
SCOPES = {"GET": "voices:read", "POST": "clone:create"}


class VoiceSampleListView(APIView):
    """Recordings of a voice."""

    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = BODY_BYTES
    admit_body = staticmethod(admit_form)

    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required(SCOPES.get(self.request.method or "", "voices:read"))()]

    @extend_schema(operation_id="voices_samples", tags=["voices"], summary="List recordings", responses=shapes.SampleListSerializer)
    def get(self, request: Request, voice_id: str) -> Response:
        """Recordings of a voice of the account, and the change of them that is in progress or was refused."""
        return Response(_list_shape(get_caller(request), voice_id=voice_id), headers=NO_STORE)

    @extend_schema(
        operation_id="voices_samples_add",
        tags=["voices"],
        summary="Add recordings",
        parameters=[IDEMPOTENCY_HEADER],
        request={"multipart/form-data": shapes.NewSampleSerializer, "application/json": shapes.NewSampleSerializer},
        responses=shapes.ChangedSamplesSerializer,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        """Add recordings of the same speaker to a kept voice, free of charge. Answers at once: the voice is enrolled again from all its
        recordings and speaks as before until then; `voice.ready` or `voice.failed` tells of the end. 403 `sample_limit_reached`, 409
        `sample_exists`, `voice_not_ready`.
        """
        body, caller, base = validated(NEW_SAMPLE, request.data), get_caller(request), public_base(request)
        statement, files = body.get("consent"), body.get("file") or ()
        consent = ConsentStatement(statement, body.get("consent_by", "")) if statement else None
        references = {name: body.get(name) for name in ("file_url", "upload_id")}
        check_addition(caller, voice_id=voice_id, recordings=max(1, len(files)), consent=consent)
        recordings = order_recordings(caller, files=files, param="file", **references)

        def submit(*sources: Source) -> Submission:
            fields = {**body, "voice_id": voice_id}
            digest = "".join(source.sha256 for source in sources)
            idempotency = request_idempotency(request, endpoint="voice-samples", body=fields, sha256=digest)
            return add_recordings(
                caller,
                voice_id=voice_id,
                sources=sources,
                consent=consent,
                webhook_url=body["webhook_url"],
                idempotency=idempotency,
                request_id=request_id_of(request),
            )

        def queued(submission: Submission) -> dict[str, Any]:
            return _changed_shape(caller, submission, voice_id=voice_id, base=base)

        return RecordingResponse(
            recordings.first, submit=submit, answer=audio_response, queued=queued, is_awaited=False, is_kept=True, held=recordings.held
        ).deferred()


class VoiceSampleView(APIView):
    """One recording of a voice."""

    charges_credits = True

    permission_classes = [HasAccount, scope_required("clone:create")]  # the voice is enrolled again, as by an added recording

    @extend_schema(
        operation_id="voices_samples_remove", tags=["voices"], summary="Remove a recording", responses=shapes.ChangedSamplesSerializer
    )
    def delete(self, request: Request, voice_id: str, sample_id: str) -> Response:
        """Enrol the voice again without the recording, which is deleted once the voice is ready; until then it speaks as before. 409
        `last_sample` for the only one.
        """
        caller = get_caller(request)
        submission = remove_recording(caller, voice_id=voice_id, sample_id=sample_id, request_id=request_id_of(request))
        return Response(_changed_shape(caller, submission, voice_id=voice_id, base=public_base(request)))


def _list_shape(caller: Caller, *, voice_id: str) -> dict[str, Any]:
    voice = get_own_voice(caller, voice_id=voice_id)
    samples = shapes.sample_shapes(voice)
    return {
        "voice_id": voice.voice_id,
        "samples": samples,
        "total": len(samples),
        "limit": caller.plan.max_samples,
        "change": shapes.change_shape(voice),
    }


def _changed_shape(caller: Caller, submission: Submission, *, voice_id: str, base: str) -> dict[str, Any]:
    return {**queued_shape(submission), "url": result_address(base, submission.job), **_list_shape(caller, voice_id=voice_id)}

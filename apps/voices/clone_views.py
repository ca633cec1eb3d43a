"""Views of POST /v1/voice-embed/, /v1/voice-clone/ and /v1/tts/clone/."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, open_to_visitors, scope_required
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import InvalidRequestError, NotFoundError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.parsing import FORM, JSON, JSONBodyParser
from apps.jobs.models import Job
from apps.jobs.recordings import RecordingResponse, request_idempotency
from apps.jobs.requests import IDEMPOTENCY_HEADER, queued_shape, request_id_of
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.idempotency import Idempotency
from apps.jobs.waiting import ASYNC, JobResponse, prefers_async, upload_wait_seconds
from apps.speech.audio_response import audio_response
from apps.speech.links import result_address
from apps.speech.services import SpeechOrder
from apps.uploads.admission import admit_form, form_gate
from apps.uploads.parsers import FormParser
from apps.uploads.services import Source, hand_over, ingest_sources_async
from apps.voices import serializers as shapes
from apps.voices.embed_waiting import wait_for_examination
from apps.voices.kinds import ENROL_VOICE, VOICE_CLONE
from apps.voices.models import Voice
from apps.voices.recordings import BODY_BYTES, RecordingsOrder, order_recordings
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.enrolments import VoiceOrder
from apps.voices.services.requests import CloneOrder, CloneSubmission, check_order, clone_or_release, request_clone
from apps.voices.services.visitors import check_visitors_order, request_visitors_speech
from workers.contract.formats import FORMATS

EMBED, CLONE, SPEAK = shapes.RecordingSerializer(), shapes.VoiceCloneSerializer(), shapes.SpeechCloneSerializer()
VISITED = open_to_visitors(VOICE_CLONE.name)
SPOKEN = OpenApiResponse(OpenApiTypes.BINARY, description="The audio, in the format asked for.")


NO_SUCH_EMBED = OpenApiResponse(OpenApiTypes.OBJECT, description="The account has no voice with this `embed_id`.")


@dataclass(frozen=True, slots=True)
class KeptVoiceSubmission(Submission):
    """Job of a kept voice. Another voice's job may enrol the same recording."""

    voice: Voice


class CloneView(APIView):
    """Base view: a recording of a speaker, or a voice that was enrolled before."""

    permission_classes = [HasAccount, scope_required("clone:create")]
    parser_classes = [FormParser, JSONBodyParser]
    max_body_bytes = BODY_BYTES
    admit_body = staticmethod(admit_form)
    endpoint = ""

    def order_recordings(self, caller: Caller, body: Mapping[str, Any], *, order: CloneOrder) -> RecordingsOrder | None:
        """Refuse invalid requests, and take over the recordings; None with an `embed_id`."""
        names = [name for name in ("reference_audio", "file") if body.get(name)]
        if len(names) > 1:
            raise InvalidRequestError("Send recordings as reference_audio or as file, not both.", param="file")
        files = body[names[0]] if names else ()
        references = {name: body.get(name) for name in ("file_url", "upload_id")}
        if caller.is_anonymous:
            check_visitors_order(order)
        check_order(caller, order=order, recordings=len(files) or int(any(references.values())))
        if order.embed_id:
            return None
        return order_recordings(caller, files=files, param="reference_audio" if "reference_audio" in self.fields else "file", **references)

    @property
    def fields(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def submit(self, request: Request, body: Mapping[str, Any], *, order: CloneOrder, sources: Sequence[Source]) -> CloneSubmission:
        idempotency = self.idempotency(request, body, sources=sources)
        return request_clone(get_caller(request), order=order, sources=sources, idempotency=idempotency, request_id=request_id_of(request))

    def idempotency(self, request: Request, body: Mapping[str, Any], *, sources: Sequence[Source]) -> Idempotency | None:
        """Identity of the request, with the digests of its recordings."""
        return request_idempotency(request, endpoint=self.endpoint, body=body, sha256="".join(one.sha256 for one in sources))


class SpeechCloneView(CloneView):
    """Speech with a cloned voice: of an account, or for once of a visitor of the site's pages."""

    permission_classes = [VISITED, scope_required("clone:create")]
    admit_body = staticmethod(form_gate(VISITED))
    endpoint = "tts-clone"
    fields = SPEAK.fields

    @extend_schema(
        operation_id="tts_clone",
        tags=["voices"],
        summary="Speak with a cloned voice",
        parameters=[IDEMPOTENCY_HEADER, ASYNC],
        request={FORM: shapes.SpeechCloneSerializer, JSON: shapes.SpeechCloneSerializer},
        responses={
            **{(200, entry.content_type): SPOKEN for entry in FORMATS.values()},
            (200, "application/json"): OpenApiResponse(
                shapes.ClonedVoiceSerializer, description="With `async=true` or `Prefer: respond-async`."
            ),
            404: NO_SUCH_EMBED,
            504: OpenApiResponse(
                OpenApiTypes.OBJECT, description="Not ready in time; the job continues, its `uuid` stands beside `error`."
            ),
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Enrol the speaker of the recording, or find the voice by its `embed_id`, and speak the text. Waits for the audio for at most 290
        seconds, with an `embed_id` 170; then answers 504 with the uuid. A recording is enrolled once for each account. `X-Voice-Id` names
        the embed for later requests. 4 credits for 1,000 characters; an unusable recording costs nothing.
        """
        body = validated(SPEAK, request.data)
        caller, is_awaited, base = get_caller(request), not prefers_async(request), public_base(request)
        order = _order(body, is_awaited=is_awaited)
        recordings = self.order_recordings(caller, body, order=order)

        def submit(*sources: Source) -> Submission:
            if caller.is_anonymous:
                idempotency = self.idempotency(request, body, sources=sources)
                return request_visitors_speech(
                    caller, order=order, sources=sources, idempotency=idempotency, request_id=request_id_of(request)
                )
            submission = self.submit(request, body, order=order, sources=sources)
            assert submission.job is not None  # noqa: S101 - a text always makes a job
            return Submission(submission.job, is_replay=submission.is_replay)

        def queued(submission: Submission) -> dict[str, Any]:
            return _queued_shape(submission, base=base)

        is_kept = "HTTP_IDEMPOTENCY_KEY" in request.META
        if recordings is not None:
            return RecordingResponse(
                recordings.first,
                submit=submit,
                answer=_answer,
                queued=queued,
                is_awaited=is_awaited,
                is_kept=is_kept,
                held=recordings.held,
            ).deferred()
        submission = submit()
        if not is_awaited:
            return Response(queued(submission))
        wait_seconds = settings.TTSAI_SPEECH_WAIT_SECONDS
        return JobResponse(submission.job.uuid, is_kept=is_kept, wait_seconds=wait_seconds, answer=_answer).deferred()


class VoiceCloneView(CloneView):
    """Keep a cloned voice."""

    endpoint = "voice-clone"
    fields = CLONE.fields

    @extend_schema(
        operation_id="voice_clone",
        tags=["voices"],
        summary="Clone a voice",
        parameters=[IDEMPOTENCY_HEADER],
        request={FORM: shapes.VoiceCloneSerializer, JSON: shapes.VoiceCloneSerializer},
        responses={200: shapes.ClonedVoiceSerializer, 404: NO_SUCH_EMBED},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Keep the voice of a recording under `name`, and speak `text` with it. Answers at once: poll `/v1/speech/results/` with the uuid, or
        subscribe to the webhooks `voice.ready` and `voice.failed`. Enrolling is free; the text costs 4 credits for 1,000 characters.
        """
        body = validated(CLONE, request.data)
        caller, base = get_caller(request), public_base(request)
        order = _order(body, is_awaited=False)
        recordings = self.order_recordings(caller, body, order=order)

        def submit(*sources: Source) -> KeptVoiceSubmission:
            submission = self.submit(request, body, order=order, sources=sources)
            assert submission.job is not None  # noqa: S101 - a named voice always has a job
            return KeptVoiceSubmission(submission.job, is_replay=submission.is_replay, voice=submission.voice)

        def queued(submission: Submission) -> dict[str, Any]:
            voice = cast("KeptVoiceSubmission", submission).voice
            return _queued_shape(submission, base=base) | {"voice_id": voice.voice_id, "name": voice.name}

        if recordings is None:
            return Response(queued(submit()))
        return RecordingResponse(
            recordings.first, submit=submit, answer=_answer, queued=queued, is_awaited=False, is_kept=True, held=recordings.held
        ).deferred()


class VoiceEmbedView(CloneView):
    """Enrol a voice without a name."""

    waits_for_job = True
    endpoint = "voice-embed"
    fields = EMBED.fields

    @extend_schema(
        operation_id="voice_embed",
        tags=["voices"],
        summary="Embed a voice",
        parameters=[IDEMPOTENCY_HEADER],
        request={FORM: shapes.RecordingSerializer, JSON: shapes.RecordingSerializer},
        responses=shapes.EmbedSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Enrol the speaker of a recording for later clone requests, free of charge. Answers when the recording was examined and a likeness
        speaks; the voice is fitted afterwards. Waits for at most 290 seconds, then answers 504 with the uuid.
        """
        started = time.monotonic()
        body = validated(EMBED, request.data)
        order = _order(body, is_awaited=True)
        recordings = self.order_recordings(get_caller(request), body, order=order)
        assert recordings is not None  # noqa: S101 - the form has no embed_id

        async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
            sources = await ingest_sources_async(exchange, recordings.first, held=recordings.held)
            submission = await hand_over(
                exchange, sources, clone_or_release, partial(self.submit, request, body, order=order, sources=sources)
            )
            spent_seconds = time.monotonic() - started
            await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(spent_seconds))
            return await exchange.run(_embed_response, submission.voice.pk, order.model, started)

        return Deferred(resolve)


def _order(body: Mapping[str, Any], *, is_awaited: bool) -> CloneOrder:
    statement = body.get("consent")
    return CloneOrder(
        model=body["model"],
        voice=VoiceOrder(name=body.get("name", ""), categories=tuple(body.get("categories", ()))),
        embed_id=body.get("embed_id", ""),
        transcript=body.get("reference_text", ""),
        consent=ConsentStatement(statement, body.get("consent_by", "")) if statement else None,
        speech=_speech_order(body, is_awaited=is_awaited) if body.get("text") is not None else None,
        is_awaited=is_awaited,
        webhook_url=body["webhook_url"],
    )


def _speech_order(body: Mapping[str, Any], *, is_awaited: bool) -> SpeechOrder:
    return SpeechOrder(
        text=body["text"],
        model=body["model"],
        format=body["format"],
        language=body.get("language"),
        speed=body["speed"],
        has_listener=is_awaited,
        webhook_url=body["webhook_url"],
    )


def _answer(job: Job, exchange: Exchange) -> HttpResponseBase | ASGIApp:
    voice_id = _voice_id(job)
    return audio_response(job, exchange, headers={"X-Voice-Id": voice_id} if voice_id else {})


def _queued_shape(submission: Submission, *, base: str) -> dict[str, Any]:
    job = submission.job
    return {**queued_shape(submission), "url": result_address(base, job), "voice_id": _voice_id(job), "name": ""}


def _voice_id(job: Job) -> str:
    kind = VOICE_CLONE if job.kind == VOICE_CLONE.name else ENROL_VOICE
    return kind.read_params(job).voice


def _embed_response(voice_pk: int, model: str, started: float) -> JsonResponse:
    voice = Voice.objects.select_related("enrolment").filter(pk=voice_pk).first()
    if voice is None:
        raise NotFoundError("The voice was deleted.", code="voice_not_found")
    used = voice.enrolment.engine_id
    shape: dict[str, Any] = {"embed_id": voice.voice_id, "model": model, "state": voice.enrolment.state}
    shape |= {"model_used": used} if used != model else {}
    if warnings := shapes.recording_warnings(voice):
        shape["warnings"] = warnings
    return JsonResponse({**shape, "duration_ms": round(1000 * (time.monotonic() - started))})

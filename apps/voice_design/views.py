"""Views of /v1/voice-design/."""

import base64
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.billing import prices
from apps.core.deferred import Exchange
from apps.core.errors import GoneError, InvalidRequestError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.core.storage import get_storage
from apps.jobs.models import Job
from apps.jobs.requests import (
    CACHE_HEADER,
    IDEMPOTENCY_HEADER,
    cache_use,
    idempotency_of,
    in_flight_dedup_key_of,
    queued_shape,
    request_id_of,
)
from apps.jobs.services.acceptance import Submission
from apps.jobs.services.previews import SENTENCES
from apps.jobs.waiting import JobResponse
from apps.speech.links import result_address
from apps.speech.services import SpeechOrder, request_speech
from apps.voice_design import serializers as shapes
from apps.voice_design.designing import Design
from apps.voice_design.keeping import KeptDesign, keep_design
from apps.voice_design.services import MODEL, design_voice, language_of_text, read_kept_mix
from workers.contract.tags import primary_tag

DESIGN, KEPT = shapes.VoiceDesignSerializer(), shapes.DesignedVoiceSerializer()
LATE = OpenApiResponse(
    OpenApiTypes.OBJECT, description="The preview is not ready in time; the job continues, its `uuid` stands beside `error`."
)


class VoiceDesignView(APIView):
    permission_classes = [HasAccount, scope_required("tts:generate")]

    @extend_schema(
        operation_id="voice_design",
        tags=["voices"],
        summary="Design a voice from words",
        parameters=[IDEMPOTENCY_HEADER, CACHE_HEADER],
        request=shapes.VoiceDesignSerializer,
        responses={200: shapes.DesignSerializer, 504: LATE},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """A mix of built-in voices and a pace for a description, with what was understood and what was not. The same description gives the
        same voice. The preview is charged like any speech; `preview: false` is free. POST /v1/voice-design/create/ keeps the voice.
        """
        body, caller = validated(DESIGN, request.data), get_caller(request)
        design = _design(caller, body)
        if not body["preview"]:
            return Response(shapes.design_shape(design, model=MODEL))
        text = body.get("text") or SENTENCES.get(primary_tag(design.language), SENTENCES["en"])
        order = SpeechOrder(
            text=text,
            model=MODEL,
            voice=design.voice,
            speed=design.pace,
            language=language_of_text(caller, text, design=design),
            format=body["format"],
            has_listener=True,
            cache=cache_use(request),
        )
        named = idempotency_of(request, endpoint="voice-design")
        idempotency = named or in_flight_dedup_key_of(request, endpoint="voice-design", is_waiting=True)
        submission = request_speech(caller, order=order, idempotency=idempotency, request_id=request_id_of(request))
        base = public_base(request)

        def answer(job: Job, exchange: Exchange) -> HttpResponseBase:  # noqa: ARG001 - the audio is short and read at once
            return JsonResponse({**shapes.design_shape(design, model=MODEL), "preview": _preview(job, text=text, base=base)})

        wait_seconds = settings.TTSAI_SPEECH_WAIT_SECONDS
        return JobResponse(submission.job.uuid, is_kept=named is not None, wait_seconds=wait_seconds, answer=answer).deferred()


class DesignedVoiceView(APIView):
    """Keep a designed voice."""

    permission_classes = [HasAccount, scope_required("clone:create")]

    @extend_schema(
        operation_id="voice_design_create",
        tags=["voices"],
        summary="Keep a designed voice",
        parameters=[IDEMPOTENCY_HEADER],
        request=shapes.DesignedVoiceSerializer,
        responses=shapes.KeptDesignSerializer,
    )
    def post(self, request: Request) -> Response:
        """Keep the voice of a description, or a mix, as a voice of the account, which speaks at once and counts to the plan's voices. The job
        speaks its demo, free of charge.
        """
        body, caller = validated(KEPT, request.data), get_caller(request)
        design = None if body.get("voice") else _design(caller, body)
        kept = _kept_design(caller, body, design=design)
        idempotency = idempotency_of(request, endpoint="voice-design-create")
        submission = keep_design(caller, kept, idempotency=idempotency, request_id=request_id_of(request))
        job = submission.job
        assert job is not None  # noqa: S101 - a kept design always has a job
        return Response(
            {
                **queued_shape(Submission(job, is_replay=submission.is_replay)),
                "url": result_address(public_base(request), job),
                "voice_id": submission.voice.voice_id,
                "name": submission.voice.name,
                "design": shapes.design_shape(design, model=MODEL) if design else None,
            }
        )


def _design(caller: Caller, body: Mapping[str, Any]) -> Design:
    if not body["description"].strip():
        raise InvalidRequestError("Describe the voice in `description`.", code="blank", param="description")
    return design_voice(caller, body["description"], language=body["language"], variant=body["variant"])


def _kept_design(caller: Caller, body: Mapping[str, Any], *, design: Design | None) -> KeptDesign:
    kept = {
        "name": body["name"],
        "description": body["description"],
        "categories": tuple(body.get("categories", ())),
        "webhook_url": body["webhook_url"],
    }
    if design is not None:
        return KeptDesign(weights=design.weights, pace=design.pace, language=design.language, gender=design.gender, **kept)
    mix = read_kept_mix(caller, body["voice"], language=body["language"])
    return KeptDesign(weights=mix.weights, pace=body["speed"], language=mix.language, gender=mix.gender, **kept)


def _preview(job: Job, *, text: str, base: str) -> dict[str, Any]:
    output = job.main_output
    if output is None:
        raise GoneError("The audio was deleted.")
    return {
        "uuid": job.uuid.hex,
        "url": result_address(base, job),
        "audio_base64": base64.b64encode(get_storage().read_bytes(output.key)).decode(),
        "format": output.format,
        "seconds": round(output.audio_seconds or 0.0, 3),
        "text": text,
        "credits_used": prices.credits(job.charged_millicredits),
    }

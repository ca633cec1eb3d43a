"""Views of speech in a cloned, a built-in or a described voice, of one generation, and of cancellation."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.accounts.throttles import PollLimit
from apps.catalog.voices import naming_voice
from apps.compat.clonyvoice.generation_cancelling import cancel_generation, cancel_running
from apps.compat.clonyvoice.generation_jobs import get_shown_job
from apps.compat.clonyvoice.generation_scopes import FollowingView, check_scope
from apps.compat.clonyvoice.generation_serializers import (
    CancelResultSerializer,
    CancelSerializer,
    CloneSpeechSerializer,
    GenerationSerializer,
    PresetSpeechSerializer,
)
from apps.compat.clonyvoice.generation_shapes import generation_shape
from apps.compat.clonyvoice.generation_waiting import answer_generation, idempotency_for
from apps.compat.clonyvoice.line_orders import check_built_in_voice, check_own_voice
from apps.core.caching import NO_STORE
from apps.core.fields import validated
from apps.core.links import public_base
from apps.jobs.requests import CACHE_HEADER, IDEMPOTENCY_HEADER, cache_use, request_id_of
from apps.jobs.waiting import ASYNC, prefers_async
from apps.projects.selectors import find_generation
from apps.projects.services.planning import choose_model
from apps.speech.serializers import DEFAULT_MODEL
from apps.speech.services import SpeechOrder, request_speech

CLONE, PRESET, CANCEL = CloneSpeechSerializer(), PresetSpeechSerializer(), CancelSerializer()
PARAMETERS = [IDEMPOTENCY_HEADER, CACHE_HEADER, ASYNC]
GENERATED = {200: GenerationSerializer, 202: GenerationSerializer}


class GeneratingView(APIView):
    """Base of the views that speak."""

    permission_classes = [HasAccount, scope_required("tts:generate")]
    max_body_bytes = settings.TTSAI_TEXT_BODY_BYTES


class CloneSpeechView(GeneratingView):
    """Speech in a cloned voice."""

    @extend_schema(
        operation_id="clonyvoice_generate_clone",
        tags=["clonyvoice"],
        summary="Speak in a cloned voice",
        parameters=PARAMETERS,
        request=CloneSpeechSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Speak a text in a voice of the account, and answer when the file is ready; 202 with `async=true`, and for a text that takes longer."""
        body = validated(CLONE, request.data)
        return speak(request, body, model=check_own_voice(get_caller(request), body["voice_id"]), endpoint="clonyvoice-clone")


class PresetSpeechView(GeneratingView):
    """Speech in a built-in voice."""

    @extend_schema(
        operation_id="clonyvoice_generate_preset",
        tags=["clonyvoice"],
        summary="Speak in a built-in voice",
        parameters=PARAMETERS,
        request=PresetSpeechSerializer,
        responses=GENERATED,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Speak a text in a built-in voice, or in a mix of several. Voices of the account speak by /api/generate/clone."""
        body, caller = validated(PRESET, request.data), get_caller(request)
        check_built_in_voice(caller, body["voice_id"], has_model=bool(body["model"]))
        model = body["model"] or choose_model(caller, body["voice_id"]) or DEFAULT_MODEL
        return speak(request, body, model=model, endpoint="clonyvoice-preset")


class GenerationView(FollowingView):
    throttle_classes = [PollLimit]

    @extend_schema(operation_id="clonyvoice_generation", tags=["clonyvoice"], summary="One generation", responses=GenerationSerializer)
    def get(self, request: Request, generation_id: str) -> Response:
        """State and result of a generation, with its chunks. Polls do not count against the limits. A key reads what it may make: speech with
        `tts:generate`, renders with `tts:timeline` too, new voices with `clone:create`.
        """
        caller = get_caller(request)
        job = get_shown_job(caller, generation_id)
        check_scope(caller, job)
        shape = generation_shape(job, base=public_base(request), composition=find_generation(caller, job.uuid))
        return Response(shape, headers=NO_STORE)


class CancelView(APIView):
    """Cancel generations."""

    permission_classes = [HasAccount, scope_required("tts:generate")]

    @extend_schema(
        operation_id="clonyvoice_cancel",
        tags=["clonyvoice"],
        summary="Cancel what runs",
        request=CancelSerializer,
        responses=CancelResultSerializer,
    )
    def post(self, request: Request) -> Response:
        """Cancel one generation (409 if it is over), or without an id all that this key has running. Finished work is charged, the rest is
        released.
        """
        body, caller = validated(CANCEL, request.data or {}), get_caller(request)
        named = body.get("generation_id")
        cancelled = [cancel_generation(caller, named)] if named else cancel_running(caller)
        return Response({"cancelled": [job.uuid.hex for job in cancelled], "count": len(cancelled)}, headers=NO_STORE)


def speak(
    request: Request, body: Mapping[str, Any], *, model: str, endpoint: str, voice: str = "", added: Mapping[str, Any] | None = None
) -> HttpResponseBase:
    """Speak one text and answer. voice: in place of the body's; added: to the answer."""
    order = SpeechOrder(
        text=body["text"],
        model=model,
        voice=voice or body["voice_id"],
        format=body["format"],
        speed=body["speed"],
        language=body["language"] or None,
        bitrate=1000 * body.get("bitrate", 0),
        sample_rate=body.get("sample_rate", 0),
        has_listener=not prefers_async(request),
        has_chapters=False,
        cache=cache_use(request),
    )
    identity = idempotency_for(request, endpoint=endpoint)
    with naming_voice("description" if voice else "voice_id"):
        submission = request_speech(get_caller(request), order=order, idempotency=identity, request_id=request_id_of(request))
    extra = {"voice_id": order.voice, **(added or {})}
    shape = partial(generation_shape, base=public_base(request))
    return answer_generation(request, submission, shape=lambda job: {**shape(job), **extra})

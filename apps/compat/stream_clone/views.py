"""Views of /speakers, /clone, /remove and /cache."""

import re
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.stream_clone import serializers as shapes
from apps.compat.stream_clone.local_files import open_local_file
from apps.compat.stream_clone.voices import NewPrompt, PromptExistsError, find_made_prompt, get_prompts, list_prompt_ids, remove_prompt
from apps.core.deferred import Deferred, Exchange
from apps.core.fields import validated
from apps.jobs.requests import request_id_of
from apps.jobs.waiting import upload_wait_seconds
from apps.uploads.inline import read_inline_file
from apps.uploads.services import Source, SourceOrder, hand_over, ingest_sources_async, order_source
from apps.voices.embed_waiting import wait_for_examination
from apps.voices.models import Voice
from apps.voices.recordings import LIMITS
from apps.voices.services.collections import restore_voices, save_voices
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.enrolments import VoiceOrder
from apps.voices.services.requests import CloneOrder, CloneSteps, CloneSubmission, check_order, clone_or_release, request_clone

CLONE, PROMPT, SAVE, LOAD = (
    shapes.CloneRequestSerializer(),
    shapes.PromptIdSerializer(),
    shapes.CacheSaveSerializer(),
    shapes.CacheLoadSerializer(),
)
BODY_BYTES: Final = 28_500_000
"""Base64 of the largest recording, and the other fields."""
_LOCAL: Final = re.compile(r"(?:file://|\.{0,2}/)[^\n]{0,1000}|[^\n]{0,1000}\.\w{2,4}", re.IGNORECASE)
"""A path, by its beginning or its extension: base64 has no full stop, and a recording of so few characters no speech."""


class SpeakersView(APIView):
    """List cloned voices."""

    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="stream_clone_speakers",
        tags=["stream-clone"],
        summary="Ids of the cloned voices",
        responses=serializers.ListSerializer(child=serializers.CharField()),
    )
    def get(self, request: Request) -> Response:
        """List the ids of the account's cloned voices, by whichever API they were made."""
        return Response(list_prompt_ids(get_caller(request)))


class CloneView(APIView):
    """Clone a voice."""

    waits_for_job = True
    charges_credits = True
    permission_classes = [HasAccount, scope_required("clone:create")]
    max_body_bytes = BODY_BYTES

    @extend_schema(
        operation_id="stream_clone_clone",
        tags=["stream-clone"],
        summary="Clone a voice",
        request=shapes.CloneRequestSerializer,
        responses=shapes.StreamClonedSerializer,
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Clone the voice of a recording under an id. Answers when the voice can speak; it is fitted to the recording afterwards. An id that
        the account has is left as it is, unless its voice could not be made.
        """
        started, caller, body = time.monotonic(), get_caller(request), validated(CLONE, request.data)
        earlier = find_made_prompt(caller, body["prompt_id"])
        if earlier is not None:
            return Deferred(partial(_answer_existing, voice=earlier, prompt_id=body["prompt_id"], started=started))
        order = _order(body)
        check_order(caller, order=order, recordings=1)
        recording = _order_recording(caller, body["prompt_audio"])

        async def resolve(exchange: Exchange) -> HttpResponseBase:
            sources = await ingest_sources_async(exchange, recording)
            try:
                submission = await hand_over(exchange, sources, partial(_submit, request, order))
            except PromptExistsError as error:
                return await _answer_existing(exchange, voice=error.voice, prompt_id=body["prompt_id"], started=started)
            await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(time.monotonic() - started))
            return JsonResponse({"existed": False, "prompt_id": body["prompt_id"]})

        return Deferred(resolve)


class RemoveView(APIView):
    """Remove a voice."""

    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="stream_clone_remove",
        tags=["stream-clone"],
        summary="Remove a voice",
        request=shapes.PromptIdSerializer,
        responses=shapes.StatusSerializer,
    )
    def post(self, request: Request) -> Response:
        """Remove a voice and what was made of its recording: all of the account's voices of this name, whichever API they were made by. A voice
        saved by `/cache/save` can be loaded again.
        """
        remove_prompt(get_caller(request), validated(PROMPT, request.data)["prompt_id"])
        return Response({"status": "ok"})


class CacheSaveView(APIView):
    """Save voices."""

    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="stream_clone_cache_save",
        tags=["stream-clone"],
        summary="Save voices under a name",
        request=shapes.CacheSaveSerializer,
        responses=shapes.CachePathSerializer,
    )
    def post(self, request: Request) -> Response:
        """Keep the computed voices in the account's storage under a name, also beyond their removal."""
        caller, body = get_caller(request), validated(SAVE, request.data)
        save_voices(caller, collection=body["cache_dir"], voices=get_prompts(caller, body["prompt_ids"]))
        return Response({"cache_path": body["cache_dir"]})


class CacheLoadView(APIView):
    """Load voices."""

    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="stream_clone_cache_load",
        tags=["stream-clone"],
        summary="Load saved voices",
        request=shapes.CacheLoadSerializer,
        responses=shapes.LoadedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Restore voices that were saved under a name. Those that the account still has are loaded already."""
        body = validated(LOAD, request.data)
        loaded = restore_voices(get_caller(request), collection=body["cache_path"], names=body["prompt_ids"])
        return Response({"loaded_speakers": loaded})


async def _answer_existing(exchange: Exchange, *, voice: Voice, prompt_id: str, started: float) -> HttpResponseBase:
    """Response for an id that the account has, once its voice can speak."""
    submission = CloneSubmission(voice, voice.enrolment.job, is_replay=True)
    await wait_for_examination(exchange, submission, wait_seconds=upload_wait_seconds(time.monotonic() - started))
    return JsonResponse({"existed": True, "prompt_id": prompt_id})


def _order(body: Mapping[str, Any]) -> CloneOrder:
    consent = ConsentStatement(body["consent"], body["consent_by"]) if body["consent"] else None
    return CloneOrder(voice=VoiceOrder(name=body["prompt_id"]), transcript=body["prompt_text"], consent=consent, is_awaited=True)


def _order_recording(caller: Caller, given: str) -> SourceOrder:
    """The recording behind a URL, below the operator's folder, or in the text itself."""
    if given.lower().startswith(("http://", "https://")):
        return order_source(
            caller, file=None, file_url=given, upload_id=None, limits=LIMITS, param="prompt_audio", url_param="prompt_audio"
        )
    is_path = len(given) < 1100 and not given.startswith("data:") and _LOCAL.fullmatch(given) is not None
    file = open_local_file(given, param="prompt_audio") if is_path else read_inline_file(given, param="prompt_audio")
    return order_source(caller, file=file, file_url=None, upload_id=None, limits=LIMITS, param="prompt_audio")


def _submit(request: Request, order: CloneOrder, sources: Sequence[Source]) -> CloneSubmission:
    """Create the job; recordings without a new job are deleted. Raises PromptExistsError."""
    caller = get_caller(request)
    prompt = NewPrompt(caller, order.voice.name)
    steps = CloneSteps(before=prompt.begin, after=prompt.keep)
    request_id = request_id_of(request)
    cloning = partial(request_clone, caller, order=order, sources=sources, idempotency=None, request_id=request_id, steps=steps)
    return clone_or_release(sources, cloning)

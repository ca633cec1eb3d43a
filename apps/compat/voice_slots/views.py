"""Views of /v1/voice-clones."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import Caller, get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.voice_slots import serializers as shapes
from apps.compat.voice_slots.dialect import envelope
from apps.core.caching import NO_STORE
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import ApplicationError
from apps.core.fields import validated
from apps.core.links import public_base
from apps.jobs.requests import request_id_of
from apps.uploads.services import Source, hand_over, ingest_source_async, order_source
from apps.voice_slots.models import VoiceSlot
from apps.voice_slots.selectors import get_slot, list_slots
from apps.voice_slots.services import check_training, make_slot, remove_slot, rename_slot, train_slot
from apps.voices.recordings import LIMITS
from apps.voices.services.consent import ConsentStatement
from apps.voices.services.requests import DEFAULT_MODEL

MODELS: Mapping[str, str] = {"QN_ACV": DEFAULT_MODEL}
"""The API's own model ids, and the platform's models that clone in their place."""
NEW, CHANGE = shapes.NewSlotSerializer(), shapes.SlotChangeSerializer()


class VoiceSlotListView(APIView):
    """List and make slots."""

    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("voices:read" if self.request.method == "GET" else "clone:create")()]

    @extend_schema(
        operation_id="voice_slots_list", tags=["voice slots"], summary="List voice slots", responses=shapes.SlotListAnswerSerializer
    )
    def get(self, request: Request) -> Response:
        """The account's slots in all states, oldest first."""
        base = public_base(request)
        slots = [shapes.slot_shape(slot, base=base) for slot in list_slots(get_caller(request))]
        return _answer(request, {"voices": slots})

    @extend_schema(
        operation_id="voice_slots_create",
        tags=["voice slots"],
        summary="Make a voice slot",
        request=shapes.NewSlotSerializer,
        responses=shapes.SlotAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        """An empty slot in the state Init, which counts to the plan's voices."""
        model_id = validated(NEW, request.data)["model_id"]
        with _naming_model_id():
            slot = make_slot(get_caller(request), model=MODELS.get(model_id, model_id))
        return _shown(request, slot)


class VoiceSlotView(APIView):
    def get_permissions(self) -> list[Any]:
        scopes = {"GET": "voices:read", "PUT": "clone:create"}
        return [HasAccount(), scope_required(scopes.get(self.request.method or "", "voices:write"))()]

    @extend_schema(operation_id="voice_slots_get", tags=["voice slots"], summary="One voice slot", responses=shapes.SlotAnswerSerializer)
    def get(self, request: Request, slot_id: str) -> Response:
        """A slot with its state: Init, Training, Success or Failed."""
        return _shown(request, get_slot(get_caller(request), slot_id=slot_id))

    @extend_schema(
        operation_id="voice_slots_change",
        tags=["voice slots"],
        summary="Train or rename a voice slot",
        request=shapes.SlotChangeSerializer,
        responses={200: shapes.SlotAnswerSerializer, 402: OpenApiResponse(description="")},
    )
    def put(self, request: Request, slot_id: str) -> HttpResponseBase:
        """Train or rename a slot. With a URL in `key`: fetch the recording and train the voice, in the state Training, then Success or Failed. With an empty key: rename.
        A trained slot may be trained anew; its earlier voice is deleted then.
        """
        body, caller = validated(CHANGE, request.data), get_caller(request)
        if body["key"]:
            return _train(request, caller, body, slot_id=slot_id)
        return _shown(request, rename_slot(caller, slot_id=slot_id, name=body["name"]))

    @extend_schema(
        operation_id="voice_slots_delete", tags=["voice slots"], summary="Delete a voice slot", responses=shapes.SlotRemovedSerializer
    )
    def delete(self, request: Request, slot_id: str) -> Response:
        """Delete a slot with its voice and its recording. A training in progress is cancelled."""
        remove_slot(get_caller(request), slot_id=slot_id)
        return _answer(request, {})


def _train(request: Request, caller: Caller, body: Mapping[str, Any], *, slot_id: str) -> Deferred:
    """Deferred answer: the recording is fetched without holding a thread, then the job is made."""
    consent = ConsentStatement(body["consent"], body["consent_by"]) if body.get("consent") else None
    check_training(caller, slot_id=slot_id, consent=consent)
    order = order_source(caller, file=None, file_url=body["key"], upload_id=None, limits=LIMITS, param="key", url_param="key")

    def train(sources: Sequence[Source]) -> JsonResponse:
        (source,) = sources
        slot = train_slot(caller, slot_id=slot_id, source=source, name=body["name"], consent=consent, request_id=request_id_of(request))
        data = shapes.training_shape(slot, base=public_base(request))
        return JsonResponse(envelope(data, request_id=request_id_of(request)), headers=NO_STORE)

    async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
        source = await ingest_source_async(exchange, order)
        return await hand_over(exchange, [source], train)

    return Deferred(resolve)


@contextlib.contextmanager
def _naming_model_id() -> Iterator[None]:
    """Let errors about the model name the field that this API has for it."""
    try:
        yield
    except ApplicationError as error:
        error.param = "model_id" if error.param == "model" else error.param
        raise


def _shown(request: Request, slot: VoiceSlot) -> Response:
    return _answer(request, shapes.slot_shape(slot, base=public_base(request)))


def _answer(request: Request, data: Any) -> Response:
    return Response(envelope(data, request_id=request_id_of(request)), headers=NO_STORE)

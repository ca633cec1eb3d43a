"""Views of /v1/history."""

from typing import Any, Final

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from starlette.responses import StreamingResponse

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.compat.elevenlabs.history import SOURCES, HistoryQuery, archive_items, get_item, item_shape, list_history
from apps.compat.elevenlabs.voice_lists import read_number
from apps.core import fields
from apps.core.caching import NO_STORE
from apps.core.deferred import ASGIApp, Deferred, Exchange
from apps.core.errors import InvalidRequestError
from apps.core.fields import validated
from apps.core.streamed_files import made_chunks
from apps.jobs.models import Job
from apps.jobs.services.retention import expire_now
from apps.speech.audio_response import audio_response

LARGEST_PAGE: Final = 1000
MOST_DOWNLOADED: Final = 100


class HistoryItemSerializer(serializers.Serializer[Any]):
    """Speech that the account made; the fields that are always there."""

    history_item_id = serializers.CharField(help_text="The job.")
    voice_id = serializers.CharField(help_text="The voice that spoke: ours, where it stood for one of ElevenLabs.")
    model_id = serializers.CharField()
    text = serializers.CharField(allow_null=True)
    date_unix = serializers.IntegerField()
    character_count_change_to = serializers.IntegerField(help_text="Characters.")
    content_type = serializers.CharField()
    source = serializers.CharField(help_text="TTS or STS.")  # type: ignore[assignment]  # a field, as REST framework sees it


class HistorySerializer(serializers.Serializer[Any]):
    history = HistoryItemSerializer(many=True)
    last_history_item_id = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()


class DownloadSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/history/download."""

    history_item_ids = serializers.ListField(child=fields.Text(max_length=50), min_length=1, max_length=MOST_DOWNLOADED)
    output_format = serializers.ChoiceField(choices=["default"], required=False, allow_null=True, help_text="Files as they were made.")


class DeletedItemSerializer(serializers.Serializer[Any]):
    status = serializers.CharField(help_text="Always `ok`.")


DOWNLOAD = DownloadSerializer()


class HistoryView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:read")]

    @extend_schema(
        operation_id="elevenlabs_history",
        tags=["elevenlabs"],
        summary="History",
        parameters=[
            OpenApiParameter("page_size", int, description=f"100 unless given, at most {LARGEST_PAGE}."),
            OpenApiParameter("start_after_history_item_id", str),
            *(OpenApiParameter(name, str) for name in ("voice_id", "model_id", "search")),
            OpenApiParameter("source", str, enum=sorted(set(SOURCES.values()))),
        ],
        responses=HistorySerializer,
    )
    def get(self, request: Request) -> Response:
        """The account's completed speech whose results are kept, newest first."""
        asked = request.query_params
        source = asked.get("source", "")
        if source and source not in SOURCES.values():
            raise InvalidRequestError("source is TTS or STS.", param="source")
        names = {"after_id": "start_after_history_item_id", "voice_id": "voice_id", "model_id": "model_id", "search": "search"}
        conditions = {field: asked.get(name, "")[:500] for field, name in names.items()}
        size = read_number(asked.get("page_size"), name="page_size", default=100, most=LARGEST_PAGE)
        jobs, has_more = list_history(get_caller(request), wanted=HistoryQuery(size=size, source=source, **conditions))
        shape = {
            "history": [item_shape(job) for job in jobs],
            "last_history_item_id": jobs[-1].uuid.hex if jobs else None,
            "has_more": has_more,
            "scanned_until": None,
        }
        return Response(shape, headers=NO_STORE)


class HistoryItemView(APIView):
    def get_permissions(self) -> list[Any]:
        return [HasAccount(), scope_required("jobs:read" if self.request.method == "GET" else "jobs:write")()]

    @extend_schema(operation_id="elevenlabs_history_item", tags=["elevenlabs"], summary="One item", responses=HistoryItemSerializer)
    def get(self, request: Request, item_id: str) -> Response:
        """One item of the history."""
        return Response(item_shape(get_item(get_caller(request), item_id=item_id)), headers=NO_STORE)

    @extend_schema(operation_id="elevenlabs_history_delete", tags=["elevenlabs"], summary="Delete an item", responses=DeletedItemSerializer)
    def delete(self, request: Request, item_id: str) -> Response:
        """Delete the audio and the text of an item. The charge stays in the ledger."""
        expire_now(Job.objects.filter(pk=get_item(get_caller(request), item_id=item_id).pk))
        return Response({"status": "ok"})


class HistoryAudioView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:read")]

    @extend_schema(
        operation_id="elevenlabs_history_audio",
        tags=["elevenlabs"],
        summary="Audio of an item",
        responses={(200, "audio/*"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, item_id: str) -> HttpResponseBase:
        """The audio as it is stored: the requested codec, or WAV for raw samples, at the model's sample rate."""
        return _audio(get_item(get_caller(request), item_id=item_id))


class HistoryDownloadView(APIView):
    permission_classes = [HasAccount, scope_required("jobs:read")]

    @extend_schema(
        operation_id="elevenlabs_history_download",
        tags=["elevenlabs"],
        summary="Download items",
        request=DownloadSerializer,
        responses={(200, "audio/*"): OpenApiTypes.BINARY, (200, "application/zip"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponseBase:
        """The audio of one item, or a ZIP archive of several."""
        body, caller = validated(DOWNLOAD, request.data), get_caller(request)
        jobs = [get_item(caller, item_id=item_id) for item_id in dict.fromkeys(body["history_item_ids"])]
        return _audio(jobs[0]) if len(jobs) == 1 else _archive(jobs)


def _audio(job: Job) -> HttpResponseBase:
    async def resolve(exchange: Exchange) -> HttpResponseBase | ASGIApp:
        return await exchange.run(audio_response, job, exchange)

    return Deferred(resolve)


def _archive(jobs: list[Job]) -> HttpResponseBase:
    async def resolve(exchange: Exchange) -> ASGIApp:
        chunks = await exchange.run(archive_items, jobs)
        headers = {"Content-Disposition": 'attachment; filename="history.zip"', **NO_STORE}
        return StreamingResponse(made_chunks(exchange, chunks), media_type="application/zip", headers=headers)

    return Deferred(resolve)

"""Views of /v1/pronunciations/: an account's dictionary."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.pronunciations import serializers as shapes
from apps.pronunciations.selectors import list_pronunciations
from apps.pronunciations.services import delete_pronunciation, set_pronunciation


class PronunciationsView(APIView):
    """List, set and delete entries."""

    permission_classes = [HasAccount, scope_required("tts:generate")]

    @extend_schema(
        operation_id="pronunciations_list", tags=["pronunciations"], responses=shapes.PronunciationListSerializer, summary="The dictionary"
    )
    def get(self, request: Request) -> Response:
        """List the account's dictionary, which applies to every text to speech request of the account."""
        entries = shapes.PronunciationSerializer(list_pronunciations(get_caller(request).required_account), many=True).data
        return Response({"pronunciations": entries, "total": len(entries)})

    @extend_schema(
        operation_id="pronunciations_set",
        tags=["pronunciations"],
        request=shapes.NewPronunciationSerializer,
        responses=shapes.PronunciationSerializer,
        summary="Add or change an entry",
    )
    def post(self, request: Request) -> Response:
        """Add an entry, or replace the entry of the same word, language and case rule. At most 200 entries per account."""
        entry = _valid(shapes.NewPronunciationSerializer(data=request.data))
        return Response(shapes.PronunciationSerializer(set_pronunciation(get_caller(request).required_account, entry=entry)).data)

    @extend_schema(
        operation_id="pronunciations_delete",
        tags=["pronunciations"],
        parameters=[shapes.PronunciationQuerySerializer],
        responses=shapes.PronunciationSerializer,
        summary="Remove an entry",
    )
    def delete(self, request: Request) -> Response:
        """Delete the entry `?id=` and return it."""
        query = _valid(shapes.PronunciationQuerySerializer(data=request.query_params))
        entry = delete_pronunciation(get_caller(request).required_account, pk=query["id"])
        return Response(shapes.PronunciationSerializer(entry).data)


def _valid(serializer: Any) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

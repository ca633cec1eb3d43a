"""Views of /api/voices, /api/categories and /api/favorites."""

from typing import Any

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.callers import get_caller
from apps.accounts.permissions import HasAccount, scope_required
from apps.catalog.catalogue import VoiceRow
from apps.catalog.selectors import list_models, list_voices
from apps.compat.clonyvoice import voice_shapes as shapes
from apps.compat.clonyvoice.permissions import read_or_write
from apps.core.caching import NO_STORE
from apps.core.errors import InvalidRequestError, PermissionDeniedError
from apps.core.fields import validated
from apps.voice_library.selectors import list_categories, list_favourite_ids
from apps.voice_library.services import create_category, delete_category, toggle_favourite
from apps.voices.models import Voice
from apps.voices.selectors import VoiceFilter, get_own_voice, list_own_voices
from apps.voices.services.editing import change_voice
from apps.voices.services.removal import remove_voice
from apps.voices.views import GENDERS

CHANGE, CATEGORY = shapes.ClonyVoiceChangeSerializer(), shapes.CategoryNameSerializer()
TAGS = ["clonyvoice"]


class ClonyVoiceListView(APIView):
    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(
        operation_id="clonyvoice_voices",
        tags=TAGS,
        summary="List voices",
        parameters=[
            OpenApiParameter("type", str, enum=shapes.VOICE_TYPES),
            OpenApiParameter("category", str, description="Only cloned voices in this category."),
            OpenApiParameter("language", str, description="`en` also finds `en-gb`."),
            OpenApiParameter("gender", str, enum=GENDERS),
        ],
        responses=shapes.ClonyVoiceListSerializer,
    )
    def get(self, request: Request) -> Response:
        """List the account's voices, newest first, and the built-in ones."""
        voices = _list(request)
        return Response({"voices": voices, "total": len(voices)}, headers=NO_STORE)


class ClonyVoiceView(APIView):
    def get_permissions(self) -> list[Any]:
        return read_or_write(self.request.method, read="voices:read", write="voices:write")

    @extend_schema(operation_id="clonyvoice_voice", tags=TAGS, summary="One voice", responses=shapes.ClonyVoiceDetailSerializer)
    def get(self, request: Request, voice_id: str) -> Response:
        """A voice of the account with its recordings, or a built-in one."""
        if (preset := _find_preset(voice_id)) is not None:
            shape = shapes.preset_shape(preset, request=request, favourites=_favourites(request))
            return Response({**shape, "samples": [], "warnings": []}, headers=NO_STORE)
        return _shown(request, get_own_voice(get_caller(request), voice_id=voice_id))

    @extend_schema(
        operation_id="clonyvoice_voice_change",
        tags=TAGS,
        summary="Change a voice",
        request=shapes.ClonyVoiceChangeSerializer,
        responses=shapes.ClonyVoiceDetailSerializer,
    )
    def put(self, request: Request, voice_id: str) -> Response:
        """Change name or categories of a voice of the account; what is left out stays as it is."""
        caller = get_caller(request)
        voice, body = _get_changeable(request, voice_id), validated(CHANGE, request.data)
        return _shown(request, change_voice(caller, voice, name=body.get("name"), categories=body.get("categories")))

    @extend_schema(operation_id="clonyvoice_voice_delete", tags=TAGS, summary="Delete a voice", responses=shapes.DeletedVoiceSerializer)
    def delete(self, request: Request, voice_id: str) -> Response:
        """Delete a voice of the account with its recordings."""
        remove_voice(_get_changeable(request, voice_id))
        return Response({"id": voice_id, "deleted": True})


class CategoryListView(APIView):
    """Categories of the account."""

    def get_permissions(self) -> list[Any]:
        return read_or_write(self.request.method, read="voices:read", write="voices:write")

    @extend_schema(operation_id="clonyvoice_categories", tags=TAGS, summary="List categories", responses=shapes.CategoryListSerializer)
    def get(self, request: Request) -> Response:
        """Categories that were made, and those that voices have, by name."""
        found = [_category_shape(one.name, voices=one.voices) for one in list_categories(get_caller(request).required_account)]
        return Response({"categories": found, "total": len(found)}, headers=NO_STORE)

    @extend_schema(
        operation_id="clonyvoice_category_create",
        tags=TAGS,
        summary="Make a category",
        request=shapes.CategoryNameSerializer,
        responses={200: shapes.CategorySerializer, 409: OpenApiResponse(OpenApiTypes.OBJECT, description="It exists, or there are 200.")},
    )
    def post(self, request: Request) -> Response:
        """Make a category. `PUT /api/voices/{id}` puts voices into it."""
        made = create_category(get_caller(request).required_account, name=validated(CATEGORY, request.data)["name"])
        return Response(_category_shape(made.name, voices=made.voices))

    @extend_schema(
        operation_id="clonyvoice_category_delete",
        tags=TAGS,
        summary="Delete a category",
        parameters=[OpenApiParameter("name", str, description="Name of the category; a JSON body may have it instead.")],
        responses={200: shapes.DeletedCategorySerializer, 404: OpenApiResponse(OpenApiTypes.OBJECT, description="No such category.")},
    )
    def delete(self, request: Request) -> Response:
        """Delete a category. Its voices stay."""
        sent = request.query_params if "name" in request.query_params else request.data
        body = {"name": sent.get("name")} if isinstance(sent, QueryDict) else sent
        return _delete_category(request, validated(CATEGORY, body)["name"])


class CategoryView(APIView):
    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="clonyvoice_category_delete_by_id",
        tags=TAGS,
        summary="Delete a category",
        responses=shapes.DeletedCategorySerializer,
    )
    def delete(self, request: Request, category: str) -> Response:
        """Delete a category. Its voices stay."""
        return _delete_category(request, category)


class FavouriteListView(APIView):
    """Marked voices."""

    permission_classes = [HasAccount, scope_required("voices:read")]

    @extend_schema(operation_id="clonyvoice_favorites", tags=TAGS, summary="List favourites", responses=shapes.FavouriteListSerializer)
    def get(self, request: Request) -> Response:
        """Marked voices that the account may use, the latest first, those without a name too."""
        voices = {voice["id"]: voice for voice in _list(request, has_nameless=True)}
        found = [voices[voice_id] for voice_id in _favourites(request) if voice_id in voices]
        return Response({"favorites": found, "total": len(found)}, headers=NO_STORE)


class FavouriteView(APIView):
    """Mark of one voice."""

    permission_classes = [HasAccount, scope_required("voices:write")]

    @extend_schema(
        operation_id="clonyvoice_favorite_toggle",
        tags=TAGS,
        summary="Toggle a favourite",
        request=None,
        responses=shapes.FavouriteSerializer,
    )
    def post(self, request: Request, voice_id: str) -> Response:
        """Mark a voice, or take the mark away."""
        is_marked = toggle_favourite(get_caller(request).required_account, voice_id=voice_id)
        return Response({"id": voice_id, "is_favorite": is_marked})


def _list(request: Request, *, has_nameless: bool = False) -> list[dict[str, Any]]:
    """Voices that match the query, cloned ones first. has_nameless: also those that were made for single requests."""
    asked, caller, favourites = request.query_params, get_caller(request), set(_favourites(request))
    kind, gender = _choice(request, "type", shapes.VOICE_TYPES), _choice(request, "gender", GENDERS)
    language, category = asked.get("language", ""), asked.get("category", "")
    voices: list[dict[str, Any]] = []
    if kind != shapes.PRESET:
        wanted = VoiceFilter(language=language, gender=gender, category=category, has_embeds=has_nameless)
        own = [shapes.cloned_shape(one, request=request, favourites=favourites) for one in list_own_voices(caller, wanted=wanted)]
        voices += [one for one in own if kind in {"", one["type"]}]
    if kind in {"", shapes.PRESET} and not category:
        presets = list_voices(plan=caller.plan, language=language, gender=gender)
        voices += [shapes.preset_shape(one, request=request, favourites=favourites) for one in presets]
    return voices


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str:
    value = request.query_params.get(name, "").lower()
    if value and value not in choices:
        raise InvalidRequestError(f"{name} is one of {', '.join(choices)}, not {value[:50]!r}.", param=name)
    return value


def _favourites(request: Request) -> list[str]:
    return list_favourite_ids(get_caller(request).required_account)


def _find_preset(voice_id: str) -> VoiceRow | None:
    return next((engine.voices[voice_id] for engine in list_models() if voice_id in engine.voices), None)


def _get_changeable(request: Request, voice_id: str) -> Voice:
    """Voice of the account. Raises 403 for a built-in one, 404 for any other."""
    if _find_preset(voice_id) is not None:
        raise PermissionDeniedError(f"The voice {voice_id!r} is built in and cannot be changed.", code="built_in_voice", param="voice_id")
    return get_own_voice(get_caller(request), voice_id=voice_id)


def _shown(request: Request, voice: Voice) -> Response:
    shape = shapes.cloned_detail_shape(voice, request=request, favourites=_favourites(request))
    return Response(shape, headers=NO_STORE)


def _category_shape(name: str, *, voices: int) -> dict[str, Any]:
    return {"id": name, "name": name, "voices": voices}


def _delete_category(request: Request, name: str) -> Response:
    voices = delete_category(get_caller(request).required_account, name=name)
    return Response({**_category_shape(name, voices=voices), "deleted": True})

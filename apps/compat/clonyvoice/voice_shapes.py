"""Voices as ClonyVoice's API shows them, and the bodies of its voices, categories and favourites."""

from collections.abc import Collection
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from apps.catalog.catalogue import VoiceRow
from apps.catalog.serializers import voice_shape
from apps.core.errors import InvalidRequestError
from apps.core.links import public_base
from apps.voices.models import EnrolmentState, Voice
from apps.voices.serializers import (
    CategoriesField,
    Name,
    SampleSerializer,
    own_voice_shape,
    recording_warnings,
    sample_shapes,
)

CLONED, DESIGNED, PRESET = VOICE_TYPES = ("cloned", "designed", "preset")
SHOWN = ("id", "name", "model", "language", "gender", "description", "preview_url")
"""Keys that are as in the platform's own API."""


class ClonyVoiceSerializer(serializers.Serializer[Any]):
    """Voice in lists."""

    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=VOICE_TYPES, help_text="`cloned`, `designed`: voices of the account; `preset`: a built-in one.")
    model = serializers.CharField(help_text="Model that speaks with the voice.")
    language = serializers.CharField()
    gender = serializers.CharField()
    description = serializers.CharField()
    categories = serializers.ListField(child=serializers.CharField())
    is_favorite = serializers.BooleanField()
    state = serializers.ChoiceField(choices=EnrolmentState.values, help_text="`training`: a likeness speaks until the voice is fitted.")
    preview_url = serializers.URLField()
    created_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(required=False, help_text="Reason of the state `failed`, or why a likeness speaks for good.")


class ClonyVoiceDetailSerializer(ClonyVoiceSerializer):
    """Voice with its recordings."""

    samples = SampleSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField(), help_text="Advice about the recordings.")


class ClonyVoiceListSerializer(serializers.Serializer[Any]):
    """Matching voices, cloned ones first."""

    voices = ClonyVoiceSerializer(many=True)
    total = serializers.IntegerField()


class ClonyVoiceChangeSerializer(serializers.Serializer[Any]):
    """Request body of PUT /api/voices/{id}."""

    name = Name(required=False)
    categories = CategoriesField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a body that changes nothing."""
        if not attrs:
            raise InvalidRequestError("Send name or categories.", code="missing_field", param="name")
        return attrs


class DeletedVoiceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    deleted = serializers.BooleanField()


class CategorySerializer(serializers.Serializer[Any]):
    """Category of the account. Its name identifies it."""

    id = serializers.CharField()
    name = serializers.CharField()
    voices = serializers.IntegerField(help_text="Voices in it.")


class CategoryListSerializer(serializers.Serializer[Any]):
    categories = CategorySerializer(many=True)
    total = serializers.IntegerField()


class CategoryNameSerializer(serializers.Serializer[Any]):
    """Request body of POST and DELETE /api/categories."""

    name = Name(max_length=50)


class DeletedCategorySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    voices = serializers.IntegerField(help_text="Voices that were in it; they stay.")
    deleted = serializers.BooleanField()


class FavouriteListSerializer(serializers.Serializer[Any]):
    """Marked voices, the latest first."""

    favorites = ClonyVoiceSerializer(many=True)
    total = serializers.IntegerField()


class FavouriteSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    is_favorite = serializers.BooleanField(help_text="True if the voice is marked now.")


def cloned_shape(voice: Voice, *, request: Request, favourites: Collection[str]) -> dict[str, Any]:
    """Voice of the account."""
    shape = own_voice_shape(voice, base=public_base(request))
    failed = {"error": shape["error"]} if "error" in shape else {}
    shown = {name: shape[name] for name in (*SHOWN, "categories", "state", "created_at")}
    kind = DESIGNED if "design" in (voice.enrolment.report or {}) else CLONED
    return {**shown, "type": kind, "is_favorite": voice.voice_id in favourites, **failed}


def cloned_detail_shape(voice: Voice, *, request: Request, favourites: Collection[str]) -> dict[str, Any]:
    """Voice of the account with its recordings."""
    shape = cloned_shape(voice, request=request, favourites=favourites)
    return {**shape, "samples": sample_shapes(voice), "warnings": recording_warnings(voice)}


def preset_shape(voice: VoiceRow, *, request: Request, favourites: Collection[str]) -> dict[str, Any]:
    """Built-in voice."""
    shape = voice_shape(request, voice, tier="")
    shown = {name: shape[name] for name in SHOWN}
    own: dict[str, Any] = {"type": PRESET, "categories": [], "state": EnrolmentState.READY.value, "created_at": None}
    return {**shown, **own, "is_favorite": voice.id in favourites}

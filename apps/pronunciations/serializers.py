"""Serializers of the dictionary."""

from typing import Any

from rest_framework import serializers

from apps.pronunciations.models import Pronunciation


class PronunciationSerializer(serializers.ModelSerializer[Pronunciation]):
    """Entry of the dictionary."""

    id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Pronunciation
        fields = ["id", "word", "replacement", "language", "case_sensitive", "created_at"]
        read_only_fields = fields


class NewPronunciationSerializer(serializers.Serializer[Any]):
    """Fields of a new entry; apps.pronunciations.services validates them."""

    word = serializers.CharField(max_length=100, help_text="One or more whole words.")
    replacement = serializers.CharField(max_length=200, help_text="Text to speak instead.")
    language = serializers.CharField(max_length=35, required=False, allow_blank=True, help_text="en, pt-br, …; empty for every language.")
    case_sensitive = serializers.BooleanField(required=False, default=False)


class PronunciationListSerializer(serializers.Serializer[Any]):
    pronunciations = PronunciationSerializer(many=True)
    total = serializers.IntegerField()


class PronunciationQuerySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)

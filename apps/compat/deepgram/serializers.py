"""Serializers of Deepgram's HTTP endpoints. Parameters are in the query (parameters.py)."""

from typing import Any

from rest_framework import serializers

from apps.core import fields


class ListenUrlSerializer(serializers.Serializer[Any]):
    """JSON body of POST /v1/listen."""

    url = fields.Text(help_text="Address of the recording.")


class SpeakSerializer(serializers.Serializer[Any]):
    """JSON body of POST /v1/speak."""

    text = fields.Text(trim_whitespace=False, help_text="Text to be spoken.")


class ChannelSerializer(serializers.Serializer[Any]):
    """Transcript of a channel."""

    alternatives = serializers.ListField(child=serializers.DictField(), help_text="One: transcript, confidence, words, paragraphs.")
    search = serializers.ListField(child=serializers.DictField(), required=False)
    detected_language = serializers.CharField(required=False)


class ResultsSerializer(serializers.Serializer[Any]):
    """Transcripts of a recording."""

    channels = ChannelSerializer(many=True)
    utterances = serializers.ListField(child=serializers.DictField(), required=False, help_text="With `utterances`.")


class TranscriptionResponseSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/listen."""

    metadata = serializers.DictField(help_text="request_id, sha256, created, duration, channels, models, model_info, warnings.")
    results = ResultsSerializer()

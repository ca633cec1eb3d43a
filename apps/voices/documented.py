"""Webhooks of this app in the OpenAPI schema."""

from typing import Any

from rest_framework import serializers

from apps.voices.models import EnrolmentState
from apps.webhooks.documented import documented


class VoiceEventSerializer(serializers.Serializer[Any]):
    """`data` of voice.ready."""

    voice_id = serializers.CharField()
    name = serializers.CharField(help_text="Empty for an embed.")
    model = serializers.CharField(help_text="Model that speaks with the voice.")
    state = serializers.ChoiceField(choices=EnrolmentState.values)
    uuid = serializers.CharField(help_text="Job that enrolled the voice; empty if it was deleted.")


class VoiceFailureSerializer(VoiceEventSerializer):
    """`data` of voice.failed. `state` is `ready` if only a change of its recordings failed: the voice speaks as before."""

    code = serializers.CharField()
    error = serializers.CharField(help_text="What was wrong, and what to record instead.")


VOICE_READY = documented("voice.ready", data=VoiceEventSerializer)
VOICE_FAILED = documented("voice.failed", data=VoiceFailureSerializer)

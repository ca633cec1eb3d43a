"""Serializers of text to speech."""

from collections.abc import Iterable
from typing import Any, Final

from rest_framework import serializers

from apps.compat.elevenlabs.names import DEFAULT_MODEL
from apps.core import fields

SLOWEST, FASTEST = 0.7, 1.2
MOST_REQUEST_IDS = 3
NOT_FOLLOWED: Final = "Not followed."
"""Description of a field that is accepted and changes nothing."""
STYLE_FIELDS: Final = ("stability", "similarity_boost", "style", "use_speaker_boost", "clone_strength")
"""Voice settings that are kept and change nothing: our models have no such inputs."""


class VoiceSettingsSerializer(serializers.Serializer[Any]):
    """Settings of a voice. `speed` is followed; the others are kept."""

    stability = fields.Number(required=False, allow_null=True, min_value=0.0, max_value=1.0)
    similarity_boost = fields.Number(required=False, allow_null=True, min_value=0.0, max_value=1.0)
    style = fields.Number(required=False, allow_null=True, min_value=0.0, max_value=1.0)  # type: ignore[assignment]  # a field, as REST framework sees it
    use_speaker_boost = fields.Flag(required=False, allow_null=True)
    speed = fields.Number(required=False, allow_null=True, min_value=SLOWEST, max_value=FASTEST)
    clone_strength = fields.Number(required=False, allow_null=True, min_value=0.0, max_value=1.0)


class SpeakingSerializer(serializers.Serializer[Any]):
    """Fields of every request that speaks."""

    language_code = fields.FormName(required=False, allow_null=True, max_length=35, help_text="ISO 639-1; detected if omitted.")
    apply_text_normalization = serializers.ChoiceField(
        choices=["auto", "on", "off"], required=False, allow_null=True, help_text="Text is always normalised: `off` gives a warning."
    )
    pronunciation_dictionary_locators = serializers.ListField(required=False, allow_null=True, max_length=3, help_text=NOT_FOLLOWED)
    seed = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**32 - 1, help_text=NOT_FOLLOWED)
    previous_text = fields.Text(required=False, allow_null=True, allow_blank=True, help_text=NOT_FOLLOWED)
    previous_request_ids = serializers.ListField(required=False, allow_null=True, max_length=MOST_REQUEST_IDS, help_text=NOT_FOLLOWED)
    next_request_ids = serializers.ListField(required=False, allow_null=True, max_length=MOST_REQUEST_IDS, help_text=NOT_FOLLOWED)
    use_pvc_as_ivc = fields.Flag(required=False, allow_null=True, help_text=NOT_FOLLOWED)
    audio_effects = fields.Json(required=False, allow_null=True, help_text=NOT_FOLLOWED)

    def warnings_of(self, body: dict[str, Any], *, further: Iterable[str] = ()) -> list[str]:
        """Warning about the fields of a valid body that change nothing. further: names of settings to add."""
        ignored = [name for name, field in self.fields.items() if field.help_text == NOT_FOLLOWED and body.get(name)]
        ignored += [*further, *(["apply_text_normalization"] if body.get("apply_text_normalization") == "off" else [])]
        return [f"Not followed: {', '.join(ignored)}."] if ignored else []


class TextToSpeechSerializer(SpeakingSerializer):
    """Request body of POST /v1/text-to-speech/<voice_id>."""

    text = fields.Text(help_text="Text to speak, plain or with SSML's `<break>` and `<phoneme>`.")
    model_id = fields.FormName(required=False, allow_null=True, max_length=100, help_text=f"{DEFAULT_MODEL} unless given; any model works.")
    voice_settings = VoiceSettingsSerializer(required=False, allow_null=True)
    next_text = fields.Text(required=False, allow_null=True, allow_blank=True, help_text=NOT_FOLLOWED)
    apply_language_text_normalization = fields.Flag(required=False, allow_null=True, help_text=NOT_FOLLOWED)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check rules across fields."""
        if not attrs["text"].strip():
            raise serializers.ValidationError({"text": "The text contains nothing to speak."}, code="blank")
        return attrs


class AlignmentSerializer(serializers.Serializer[Any]):
    """Times of characters in seconds."""

    characters = serializers.ListField(child=serializers.CharField())
    character_start_times_seconds = serializers.ListField(child=serializers.FloatField())
    character_end_times_seconds = serializers.ListField(child=serializers.FloatField())


class TimedAudioSerializer(serializers.Serializer[Any]):
    """Audio with the times of its characters."""

    audio_base64 = serializers.CharField()
    alignment = AlignmentSerializer(allow_null=True)
    normalized_alignment = AlignmentSerializer(allow_null=True, help_text="The same: times refer to the text as it was sent.")


def ignored_settings(body: dict[str, Any]) -> list[str]:
    """Names of the voice settings of a request that change nothing."""
    return [f"voice_settings.{name}" for name in STYLE_FIELDS if (body.get("voice_settings") or {}).get(name) is not None]

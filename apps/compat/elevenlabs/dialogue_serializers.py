"""Serializers of dialogues."""

from typing import Any, Final

from rest_framework import serializers

from apps.compat.elevenlabs.speech_serializers import MOST_REQUEST_IDS, TimedAudioSerializer
from apps.core import fields

DEFAULT_DIALOGUE_MODEL: Final = "eleven_v3"
MOST_INPUTS: Final = 500
MOST_VOICES: Final = 10
"""Different voices of a dialogue, as ElevenLabs has it."""
NOT_FOLLOWED: Final = (
    "settings",
    "pronunciation_dictionary_locators",
    "seed",
    "previous_text",
    "future_text",
    "previous_request_ids",
    "next_request_ids",
    "use_pvc_as_ivc",
    "audio_effects",
)
"""Fields that are accepted and change nothing."""


class DialogueInputSerializer(serializers.Serializer[Any]):
    """One turn."""

    text = fields.Text(trim_whitespace=False, help_text="Text that the voice speaks.")
    voice_id = fields.Text(max_length=200, help_text="An own voice, a built-in one, or a premade one of ElevenLabs.")


class DialogueSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/text-to-dialogue."""

    inputs = serializers.ListField(
        child=DialogueInputSerializer(),
        allow_empty=False,
        max_length=MOST_INPUTS,
        help_text=f"Turns in order, by at most {MOST_VOICES} voices.",
    )
    model_id = fields.FormName(
        required=False, allow_null=True, max_length=100, help_text=f"{DEFAULT_DIALOGUE_MODEL} unless given; any model works."
    )
    language_code = fields.FormName(required=False, allow_null=True, max_length=35, help_text="ISO 639-1; detected if omitted.")
    apply_text_normalization = serializers.ChoiceField(
        choices=["auto", "on", "off"], required=False, allow_null=True, help_text="Text is always normalised: `off` gives a warning."
    )
    settings = serializers.DictField(required=False, allow_null=True, help_text="Not followed.")
    pronunciation_dictionary_locators = serializers.ListField(required=False, allow_null=True, max_length=3, help_text="Not followed.")
    seed = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**32 - 1, help_text="Not followed.")
    previous_text = fields.Text(required=False, allow_null=True, allow_blank=True, help_text="Not followed.")
    future_text = fields.Text(required=False, allow_null=True, allow_blank=True, help_text="Not followed.")
    previous_request_ids = serializers.ListField(required=False, allow_null=True, max_length=MOST_REQUEST_IDS, help_text="Not followed.")
    next_request_ids = serializers.ListField(required=False, allow_null=True, max_length=MOST_REQUEST_IDS, help_text="Not followed.")
    use_pvc_as_ivc = fields.Flag(required=False, allow_null=True, help_text="Not followed.")
    audio_effects = serializers.JSONField(required=False, allow_null=True, help_text="Not followed.")

    def validate_inputs(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Check that there is something to speak, in voices that can be named."""
        if not any(one["text"].strip() for one in inputs):
            raise serializers.ValidationError("No input has text to speak.", code="blank")
        for index, one in enumerate(inputs):
            if any(sign in one["voice_id"] for sign in "[]<>\r\n"):
                raise serializers.ValidationError(f"inputs[{index}].voice_id has one of the characters [ ] < >, which no voice has.")
        voices = {one["voice_id"] for one in inputs}
        if len(voices) > MOST_VOICES:
            raise serializers.ValidationError(f"{len(voices)} different voices; at most {MOST_VOICES} speak in a dialogue.")
        return inputs


class VoiceSegmentSerializer(serializers.Serializer[Any]):
    """Turn of a dialogue in its audio."""

    voice_id = serializers.CharField()
    start_time_seconds = serializers.FloatField()
    end_time_seconds = serializers.FloatField()
    character_start_index = serializers.IntegerField(help_text="First character in `alignment`.")
    character_end_index = serializers.IntegerField(help_text="Character after the last one.")
    dialogue_input_index = serializers.IntegerField()


class TimedDialogueSerializer(TimedAudioSerializer):
    """Audio of a dialogue with the times of its characters and turns."""

    voice_segments = VoiceSegmentSerializer(many=True)


def ignored_dialogue_fields(body: dict[str, Any]) -> list[str]:
    """Warnings about fields of a request that change nothing."""
    ignored = [name for name in NOT_FOLLOWED if body.get(name)]
    ignored += ["apply_text_normalization"] if body.get("apply_text_normalization") == "off" else []
    return [f"Not followed: {', '.join(ignored)}."] if ignored else []

"""Serializers of dialogues."""

from typing import Any, Final

from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.compat.elevenlabs.speech_serializers import NOT_FOLLOWED, SpeakingSerializer, TimedAudioSerializer
from apps.core import fields

DEFAULT_DIALOGUE_MODEL: Final = "eleven_v3"
MOST_INPUTS: Final = 500
MOST_VOICES: Final = 10
"""Different voices of a dialogue, as ElevenLabs has it."""


class DialogueInputSerializer(serializers.Serializer[Any]):
    """One turn."""

    text = fields.Text(trim_whitespace=False, help_text="Text that the voice speaks.")
    voice_id = fields.Text(max_length=LONGEST_NAME, help_text="An own voice, a built-in one, or a premade one of ElevenLabs.")


class DialogueSerializer(SpeakingSerializer):
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
    settings = serializers.DictField(required=False, allow_null=True, help_text=NOT_FOLLOWED)
    future_text = fields.Text(required=False, allow_null=True, allow_blank=True, help_text=NOT_FOLLOWED)

    def validate_inputs(self, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Check that there is something to speak, in voices that can be named."""
        if not any(one["text"].strip() for one in inputs):
            raise serializers.ValidationError("No input has text to speak.", code="blank")
        for index, one in enumerate(inputs):
            if any(sign in one["voice_id"] for sign in "[]<>\r\n"):
                of_input: dict[Any, Any] = {index: {"voice_id": "It has one of the characters [ ] < >, which no voice has."}}
                raise serializers.ValidationError(of_input)
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

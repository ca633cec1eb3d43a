"""Serializers of /v1/voice-design/."""

from typing import Any

from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core import fields
from apps.speech.serializers import QueuedSpeechSerializer
from apps.voice_design.designing import PACES, VARIANTS, Design
from apps.voices.serializers import CategoriesField, Name
from apps.webhooks.fields import WebhookUrl
from workers.contract.formats import FORMATS

LONGEST_DESCRIPTION = 1000
LONGEST_PREVIEW = 1000


class DescriptionSerializer(serializers.Serializer[Any]):
    """Voice in words."""

    description = fields.Text(
        max_length=LONGEST_DESCRIPTION,
        help_text="Gender, age, accent, pitch, pace, warmth and energy in plain words, in English, German, Spanish or French.",
    )
    language = fields.Text(
        required=False, default="", allow_blank=True, max_length=35, help_text="Language of the voice where the description names none."
    )
    variant = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=VARIANTS - 1, help_text="Another voice of the same description."
    )


class VoiceDesignSerializer(DescriptionSerializer):
    """Request body of POST /v1/voice-design/."""

    text = fields.Text(required=False, max_length=LONGEST_PREVIEW, help_text="Text of the preview; a sentence of the server's if omitted.")
    format = serializers.ChoiceField(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the preview.")
    preview = fields.Flag(required=False, default=True, help_text="false: only design, free of charge.")


class DesignedVoiceSerializer(DescriptionSerializer):
    """Request body of POST /v1/voice-design/create/: a description, or the mix that a design gave."""

    name = Name(help_text="Name under which the voice is kept.")
    description = fields.Text(
        required=False, default="", allow_blank=True, max_length=LONGEST_DESCRIPTION, help_text="As of POST /v1/voice-design/."
    )
    voice = fields.Text(
        required=False, max_length=LONGEST_NAME, help_text="A mix such as `af_bella(2)+af_sky(1)` to keep, in place of what the words give."
    )
    speed = fields.Number(required=False, default=1.0, min_value=PACES[0], max_value=PACES[1], help_text="Pace of the mix in `voice`.")
    categories = CategoriesField(help_text="Categories of the voice.")
    webhook_url = WebhookUrl()


class UnderstoodSerializer(serializers.Serializer[Any]):
    """Attribute that a description names."""

    attribute = serializers.ChoiceField(choices=["gender", "age", "accent", "pitch", "pace", "warmth", "energy"])
    value = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())
    strength = serializers.FloatField(
        help_text="1 for the plain word; more for `very`, less for `slightly`; negative for low, slow, bright, calm and `not`."
    )
    effect = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """Spoken preview."""

    uuid = serializers.CharField()
    url = serializers.URLField(help_text="The audio; needs no key.")
    audio_base64 = serializers.CharField()
    format = serializers.CharField()
    seconds = serializers.FloatField()
    text = serializers.CharField()
    credits_used = serializers.FloatField()


class DesignSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/voice-design/."""

    voice = serializers.CharField(help_text="Mix for the field `voice` of any request.")
    speed = serializers.FloatField(help_text="Pace of the voice, for the field `speed`.")
    language = serializers.CharField(help_text="Full tag, for the field `language`.")
    model = serializers.CharField()
    gender = serializers.CharField()
    variant = serializers.IntegerField()
    variants = serializers.IntegerField()
    understood = UnderstoodSerializer(many=True)
    not_understood = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    preview = PreviewSerializer(allow_null=True)


class KeptDesignSerializer(QueuedSpeechSerializer):
    """Response of POST /v1/voice-design/create/."""

    url = serializers.URLField(help_text="Demo of the voice once the job is completed; needs no key.")
    voice_id = serializers.CharField(help_text="Speaks at once.")
    name = serializers.CharField()
    design = DesignSerializer(allow_null=True, help_text="What the description gave; null for a mix.")


def design_shape(design: Design, *, model: str) -> dict[str, Any]:
    """A design without its preview."""
    return {
        "voice": design.voice,
        "speed": design.pace,
        "language": design.language,
        "model": model,
        "gender": design.gender,
        "variant": design.variant,
        "variants": VARIANTS,
        "understood": [
            {"attribute": one.attribute, "value": one.value, "words": list(one.words), "strength": one.strength, "effect": one.effect}
            for one in design.understood
        ],
        "not_understood": list(design.not_understood),
        "warnings": list(design.warnings),
        "preview": None,
    }

"""Page /voice-changer/."""

from typing import Final

from apps.accounts.models import Plan
from apps.conversion.orders import DEFAULT_MODEL
from apps.conversion.serializers import SpeechToSpeechRequestSerializer, VoiceConversionRequestSerializer
from apps.conversion.services import LIMITS
from apps.playground.tools.choices import find_missing, heard_languages, model_options, voice_options
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor


def _models(visitor: Visitor) -> list[Option]:
    return model_options("voice-convert", visitor, default=DEFAULT_MODEL)


def _find_obstacle(plan: Plan) -> str:
    return find_missing("voice-convert", plan)


EMOTIONS: Final = {"neutral": "As recorded", "happy": "Happy", "sad": "Sad", "angry": "Angry", "excited": "Excited"}
ADVANCED: Final = (
    ToolField(name="language", label="Spoken language", options=heard_languages, is_advanced=True),
    ToolField(name="model", label="Model", options=_models, is_advanced=True),
    ToolField(name="format", label="Format", is_advanced=True),
)

VOICE_CHANGER: Final = ToolPage(
    slug="voice-changer",
    title="Voice changer",
    lead="Keep the words, the timing and the melody of a recording, and change who says them.",
    limits=LIMITS,
    scope="voice:convert",
    rates=(Rate("voice-convert", "a minute of audio"),),
    samples=(Sample("reading", "A man reads, 12 seconds"),),
    has_example=True,
    find_obstacle=_find_obstacle,
    gives=("The same performance in another voice", "Before and after at the same moment, at the same loudness"),
    requests=(
        ToolRequest(
            endpoint="voice-convert/",
            service="voice-convert",
            serializer=VoiceConversionRequestSerializer,
            title="Change the voice",
            hint="Words, timing and intonation stay.",
            action="Change the voice",
            result_name="changed.wav",
            fields=(ToolField(name="target_voice", label="Voice", options=voice_options, widget="voice", initial="af_heart"), *ADVANCED),
        ),
        ToolRequest(
            endpoint="speech-to-speech/",
            service="speech-to-speech",
            serializer=SpeechToSpeechRequestSerializer,
            title="Change the delivery too",
            hint="Another voice with another emotion and pace.",
            action="Change voice and delivery",
            result_name="performed.wav",
            fields=(
                ToolField(name="voice", label="Voice", options=voice_options, widget="voice", initial="af_heart"),
                ToolField(name="emotion", label="Emotion", labels=EMOTIONS, initial="happy"),
                ToolField(name="speed", label="Pace", widget="range"),
                *ADVANCED,
            ),
        ),
    ),
)

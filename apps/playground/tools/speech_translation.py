"""Page /speech-translation/."""

from typing import Final

from apps.accounts.models import Plan
from apps.catalog.selectors import list_cloning_models
from apps.playground.tools.choices import find_missing, heard_languages, target_languages, voice_options
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor
from apps.translation.serializers import SpeechTranslationRequestSerializer
from apps.translation.services import LIMITS


def _voices(visitor: Visitor) -> list[Option]:
    return voice_options(visitor, first="Choose by language and speaker")


def _keeps_voices(visitor: Visitor) -> bool:
    return bool(list_cloning_models(visitor.plan))


def _find_obstacle(plan: Plan) -> str:
    return find_missing("stt", plan)


SPEECH_TRANSLATION: Final = ToolPage(
    slug="speech-translation",
    title="Speech translation",
    lead="Hear a recording in another language, with the original and the translation side by side.",
    limits=LIMITS,
    scope="speech:translate",
    rates=(Rate("speech-translation", "a minute of audio"),),
    samples=(Sample("spanish", "A sentence in Spanish, 5 seconds"),),
    has_example=True,
    find_obstacle=_find_obstacle,
    gives=("The words of the recording", "Their translation", "The translation, spoken"),
    requests=(
        ToolRequest(
            endpoint="speech-translate/",
            service="speech-translation",
            serializer=SpeechTranslationRequestSerializer,
            is_json=True,
            action="Translate",
            fields=(
                ToolField(name="source_language", label="From", options=heard_languages),
                ToolField(name="target_language", label="To", options=target_languages, initial="en"),
                ToolField(name="voice", label="Voice", options=_voices, widget="voice"),
                ToolField(
                    name="preserve_voice",
                    label="Keep the speaker's voice",
                    hint="A likeness is found in the recording.",
                    is_offered=_keeps_voices,
                ),
                ToolField(name="format", label="Format", is_advanced=True),
            ),
        ),
    ),
)

"""Page /voice-cloning/."""

from typing import Any, Final

from django.conf import settings

from apps.accounts.models import Plan
from apps.catalog.selectors import list_cloning_models, list_models
from apps.playground.tools.choices import first_choice, spoken_languages
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor
from apps.playground.tools.voice_recording import recording_details
from apps.voices.kinds import VOICE_CLONE
from apps.voices.recordings import LIMITS
from apps.voices.serializers import SpeechCloneSerializer
from apps.voices.services.requests import DEFAULT_MODEL


def _languages(visitor: Visitor) -> list[Option]:
    return [Option("", "Detect"), *spoken_languages(visitor)]


def _models(visitor: Visitor) -> list[Option]:
    return first_choice(list_cloning_models(visitor.plan), visitor, default=DEFAULT_MODEL)


def _find_obstacle(plan: Plan) -> str:
    if not list_cloning_models(plan):
        return "This installation has no model that clones voices yet. Its operator can install one."
    is_enrolling = any(engine.kind == "enrol" and engine.was_seen_lately for engine in list_models())
    return "" if is_enrolling else "No worker makes voices at the moment. Try again in a minute."


def _details(visitor: Visitor) -> dict[str, Any]:  # noqa: ARG001 - the protocol
    return {**recording_details(), "is_consent_required": settings.TTSAI_REQUIRE_CONSENT}


VOICE_CLONING: Final = ToolPage(
    slug="voice-cloning",
    title="Voice cloning",
    lead="Make a voice from ten seconds of speech and let it say anything, with the speaker's consent.",
    limits=LIMITS,
    scope="clone:create",
    rates=(Rate("kokoro-clone", "1,000 characters of speech", note="Making the voice is free."),),
    samples=(Sample("reading", "A man reads, 12 seconds"),),
    has_example=True,
    find_obstacle=_find_obstacle,
    details=_details,
    gives=("Your text in the voice of the recording", "A report on the recording and the likeness", "A voice to keep and use everywhere"),
    requests=(
        ToolRequest(
            endpoint="tts/clone/",
            service=VOICE_CLONE.name,
            serializer=SpeechCloneSerializer,
            left_out=frozenset({"reference_audio", "embed_id", "consent", "consent_by"}),
            file_field="reference_audio",
            result_name="cloned.mp3",
            action="Speak with this voice",
            fields=(
                ToolField(
                    name="text",
                    label="Text to speak",
                    widget="textarea",
                    initial="This is my new voice. I never recorded this sentence, and yet you hear me say it.",
                ),
                ToolField(
                    name="reference_text", label="Words of the recording", hint="Transcribed if empty.", widget="textarea", is_advanced=True
                ),
                ToolField(name="language", label="Language of the text", options=_languages, is_advanced=True),
                ToolField(name="speed", label="Speed", widget="range", is_advanced=True),
                ToolField(name="model", label="Model", options=_models, is_advanced=True),
                ToolField(name="format", label="Format", is_advanced=True),
            ),
        ),
    ),
)

"""Page /voice-chat/."""

from typing import Any, Final

from apps.accounts.models import Plan
from apps.conversations.selectors import PREFERRED
from apps.conversations.serializers import VoiceChatRequestSerializer
from apps.conversations.services import LIMITS
from apps.playground.tools.choices import find_missing, heard_languages, list_installed, voice_options
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor

OFFLINE: Final = PREFERRED[-1]
"""Responder that says that no language model is installed."""


def _models(visitor: Visitor) -> list[Option]:
    return [Option("", "Recommended"), *(Option(engine.id, engine.name) for engine in list_installed("chat", visitor.plan))]


def _voices(visitor: Visitor) -> list[Option]:
    return voice_options(visitor, first="Choose by language")


def _languages(visitor: Visitor) -> list[Option]:
    return [Option("", "Detect"), *(option for option in heard_languages(visitor) if option.value != "auto")]


def _find_obstacle(plan: Plan) -> str:
    return find_missing("chat", plan)


def _details(visitor: Visitor) -> dict[str, Any]:
    responders = {engine.id for engine in list_installed("chat", visitor.plan)}
    return {"has_language_model": bool(responders - {OFFLINE})}


VOICE_CHAT: Final = ToolPage(
    slug="voice-chat",
    title="Voice chat",
    lead="Talk with a language model: speak or write, and hear its answer.",
    limits=LIMITS,
    scope="voice:chat",
    rates=(Rate("voice-chat", "a turn"),),
    samples=(Sample("question", "A question, 3 seconds"),),
    find_obstacle=_find_obstacle,
    details=_details,
    gives=("Your words as text", "The answer, written and spoken", "A conversation that remembers its earlier turns"),
    requests=(
        ToolRequest(
            endpoint="voice-chat/",
            serializer=VoiceChatRequestSerializer,
            left_out=frozenset({"text", "audio", "conversation_id", "tts_model"}),
            file_field="audio",
            is_json=True,
            action="Send",
            fields=(
                ToolField(name="voice", label="Voice", options=_voices, widget="voice"),
                ToolField(name="system_prompt", label="Instructions", hint="How the model is to answer.", widget="textarea"),
                ToolField(name="language", label="Language you speak", options=_languages, is_advanced=True),
                ToolField(name="model", label="Model", options=_models, is_advanced=True),
                ToolField(name="format", label="Format", is_advanced=True),
            ),
        ),
    ),
)

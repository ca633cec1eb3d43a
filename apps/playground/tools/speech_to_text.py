"""Page /speech-to-text/."""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.models import Plan
from apps.playground.tools.choices import find_missing, heard_languages, model_options
from apps.playground.tools.declaration import Option, Rate, Sample, ToolField, ToolPage, ToolRequest, Visitor
from apps.transcription.serializers import TranscriptionRequestSerializer
from apps.transcription.services import DEFAULT_MODEL, LIMITS


def _models(visitor: Visitor) -> list[Option]:
    return model_options("stt", visitor, default=DEFAULT_MODEL)


def _find_obstacle(plan: Plan) -> str:
    return find_missing("stt", plan)


def _details(visitor: Visitor) -> Mapping[str, Any]:  # noqa: ARG001 - the protocol
    return {"has_live": True}


SPEECH_TO_TEXT: Final = ToolPage(
    slug="speech-to-text",
    title="Speech to text",
    lead="Turn a recording, or what you say now, into a transcript with speakers, word timings and subtitles. Click a word to hear it.",
    limits=LIMITS,
    scope="stt:transcribe",
    rates=(Rate("transcription", "a minute of audio"),),
    samples=(Sample("dialogue", "Two people talk, 16 seconds"),),
    has_example=True,
    details=_details,
    find_obstacle=_find_obstacle,
    gives=(
        "A transcript that follows the recording, word by word",
        "Live: words while you speak",
        "Names for the speakers",
        "Subtitles as SRT or WebVTT, and text or JSON",
    ),
    requests=(
        ToolRequest(
            endpoint="stt/",
            service="transcription",
            serializer=TranscriptionRequestSerializer,
            left_out=frozenset({"stream"}),
            fixed={"timestamps": "true"},
            is_json=True,
            action="Transcribe",
            fields=(
                ToolField(name="language", label="Spoken language", options=heard_languages),
                ToolField(name="diarize", label="Tell speakers apart", initial=True),
                ToolField(
                    name="num_speakers",
                    label="Number of speakers",
                    hint="Leave empty to have it estimated.",
                    placeholder="Estimate",
                    is_advanced=True,
                ),
                ToolField(name="model", label="Model", options=_models, is_advanced=True),
                ToolField(
                    name="hotwords",
                    label="Words to listen for",
                    hint="Names and terms, separated by commas.",
                    widget="text",
                    is_advanced=True,
                ),
                ToolField(
                    name="prompt",
                    label="Text before the recording",
                    hint="Helps with spelling and style.",
                    widget="textarea",
                    is_advanced=True,
                ),
            ),
        ),
    ),
)

"""Serializers of OpenAI's audio API."""

import json
import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.catalog.starting_stand_ins import OPENAI_CHARACTERS
from apps.core import fields
from apps.transcription.serializers import LONGEST_PROMPT
from apps.uploads.serializers import SourceSerializer

FORMATS = ("mp3", "opus", "aac", "flac", "wav", "pcm")
SLOWEST, FASTEST = 0.25, 4.0
WITHOUT_STREAM = "whisper-1"
"""Model for which OpenAI ignores `stream`."""
STREAMED_FORMATS = ("json", "text", "diarized_json")
NOT_INCLUDED = {"logprobs": "This server reports no log probabilities of tokens. Leave include out."}
MOST_KNOWN_SPEAKERS = 4
NUMBERED = re.compile(r"SPEAKER_\d+", re.ASCII)
"""Labels of speakers without a name, which responses show as letters."""


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}]})
class VoiceField(serializers.Field[Any, Any, Any, Any]):
    """Voice name, or an object with an id."""

    default_error_messages = {"invalid": "Not a voice: send a name, or an object with an id."}

    def to_internal_value(self, data: Any) -> str:
        name = data.get("id") if isinstance(data, dict) else data
        if not isinstance(name, str) or len(name) > LONGEST_NAME:
            self.fail("invalid")
        return name


class OpenAISpeechSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/audio/speech."""

    model = fields.Text(max_length=100, help_text="tts-1, tts-1-hd, gpt-4o-mini-tts, or a model of /v1/models.")
    input = fields.Text(
        help_text=f"Text to speak; at most {OPENAI_CHARACTERS} characters for OpenAI's names, the plan's limit for native ids."
    )
    voice = VoiceField(
        required=False,
        allow_null=True,
        help_text="alloy, ash, …, a voice of the model, or a mix such as `af_bella(2)+af_sky(1)`; its default.",
    )
    response_format = serializers.ChoiceField(choices=FORMATS, required=False, default="mp3")
    speed = fields.Number(required=False, default=1.0, min_value=SLOWEST, max_value=FASTEST)
    instructions = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=4096, help_text="Mapped to pace, loudness and pauses, with a warning."
    )
    stream_format = serializers.ChoiceField(
        choices=["audio", "sse"],
        required=False,
        default="audio",
        help_text="audio: the body is the audio. sse: events with base64 audio.",
    )
    language = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=35, help_text="Extension of this API: en, es, …; detected if omitted."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check rules across fields."""
        if not attrs["input"].strip():
            raise serializers.ValidationError({"input": "The text contains nothing to speak."}, code="blank")
        return attrs


class OpenAITranslationSerializer(SourceSerializer):
    """Form of POST /v1/audio/translations."""

    model = fields.Text(max_length=100, help_text="whisper-1, or a model of type `stt` of /v1/models that translates.")
    prompt = fields.Text(required=False, default="", allow_blank=True, max_length=LONGEST_PROMPT)
    response_format = fields.FormChoice(choices=["json", "text", "srt", "verbose_json", "vtt"], required=False, default="json")
    temperature = fields.FormNumber(required=False, default=0.0, min_value=0.0, max_value=1.0)


class VoiceDetectionSerializer(serializers.Serializer[Any]):
    """Object of `chunking_strategy`."""

    type = serializers.ChoiceField(choices=["server_vad"])
    prefix_padding_ms = fields.FormNumber(required=False, min_value=0)
    silence_duration_ms = fields.FormNumber(required=False, min_value=0)
    threshold = fields.FormNumber(required=False, min_value=0.0, max_value=1.0)


VOICE_DETECTION = VoiceDetectionSerializer()


@extend_schema_field(
    {"oneOf": [{"type": "string", "enum": ["auto"]}, {"type": "object", "properties": {"type": {"enum": ["server_vad"]}}}]}
)
class ChunkingStrategyField(fields.BlankIsAbsentMixin, serializers.Field[Any, Any, Any, Any]):
    """`auto`, or an object that describes voice activity detection. Its value is the object; empty for `auto`."""

    default_error_messages = {"invalid": "Not a chunking strategy: send auto, or an object whose type is server_vad."}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if data == "auto":
            return {}
        try:
            members = json.loads(data) if isinstance(data, str) else data
        except (ValueError, RecursionError):
            self.fail("invalid")
        if not isinstance(members, dict):
            self.fail("invalid")
        return dict(VOICE_DETECTION.run_validation(members))


class OpenAITranscriptionSerializer(OpenAITranslationSerializer):
    """Form of POST /v1/audio/transcriptions."""

    model = fields.Text(max_length=100, help_text="whisper-1, gpt-4o-transcribe, …, or a model of type `stt` of /v1/models.")
    language = fields.Text(required=False, default="", allow_blank=True, max_length=35, help_text="en, es, …; detected when left out.")
    languages = serializers.ListField(
        child=fields.Text(max_length=35), required=False, default=list, max_length=100, help_text="One is taken as `language`."
    )
    keywords = serializers.ListField(
        child=fields.Text(max_length=200), required=False, default=list, max_length=100, help_text="Words to listen for."
    )
    response_format = fields.FormChoice(
        choices=["json", "text", "srt", "verbose_json", "vtt", "diarized_json"], required=False, default="json"
    )
    timestamp_granularities = serializers.ListField(
        child=serializers.ChoiceField(choices=["word", "segment"]), required=False, default=["segment"], help_text="With verbose_json."
    )
    include = serializers.ListField(child=fields.Text(max_length=50), required=False, default=list, help_text="logprobs: not supported.")
    chunking_strategy = ChunkingStrategyField(
        required=False, allow_null=True, help_text="Speech is always found by voice activity detection; settings of it are not followed."
    )
    known_speaker_names = serializers.ListField(
        child=fields.Text(max_length=100),
        required=False,
        default=list,
        max_length=MOST_KNOWN_SPEAKERS,
        help_text="With diarized_json: names of speakers whose voices the references have; others are A, B, …",
    )
    known_speaker_references = serializers.ListField(
        child=fields.Text(),
        required=False,
        default=list,
        max_length=MOST_KNOWN_SPEAKERS,
        help_text="A data URL for each name: 2 to 10 seconds of that person alone.",
    )
    stream = fields.FormFlag(
        required=False,
        default=False,
        help_text="Answer with events while the recording is transcribed; ignored for whisper-1, as by OpenAI.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check rules across fields."""
        for name in attrs["include"]:
            raise serializers.ValidationError({"include": NOT_INCLUDED.get(name, f"{name!r} cannot be included.")}, code="not_supported")
        _check_known_speakers(attrs)
        if "word" in attrs["timestamp_granularities"] and attrs["response_format"] != "verbose_json":
            message = "Word timestamps need response_format=verbose_json."
            raise serializers.ValidationError({"timestamp_granularities": message}, code="invalid")
        if is_streamed(attrs) and attrs["response_format"] not in STREAMED_FORMATS:
            message = (
                f"stream=true sends events of text, not {attrs['response_format']}. Use {', '.join(STREAMED_FORMATS)}, or stream=false."
            )
            raise serializers.ValidationError({"response_format": message}, code="invalid")
        return attrs


def _check_known_speakers(attrs: Mapping[str, Any]) -> None:
    names, references = attrs["known_speaker_names"], attrs["known_speaker_references"]
    if len(names) != len(references):
        message = f"{len(names)} names and {len(references)} references. Send one known_speaker_references for each name."
        raise serializers.ValidationError({"known_speaker_references": message}, code="invalid")
    if names and attrs["response_format"] != "diarized_json":
        message = "Known speakers need response_format=diarized_json."
        raise serializers.ValidationError({"known_speaker_names": message}, code="invalid")
    if len(set(names)) < len(names):
        raise serializers.ValidationError({"known_speaker_names": "Two speakers have the same name."}, code="invalid")
    for name in names:
        if NUMBERED.fullmatch(name):
            raise serializers.ValidationError({"known_speaker_names": f"{name!r} is a label of unknown speakers. Choose another name."})
    for index, reference in enumerate(references):
        if not reference.startswith("data:"):
            message = f"known_speaker_references[{index}] is no data URL: send data:audio/wav;base64,…"
            raise serializers.ValidationError({"known_speaker_references": message}, code="invalid")


def is_streamed(body: Mapping[str, Any]) -> bool:
    """True if the request is answered with events."""
    return bool(body["stream"]) and body["model"] != WITHOUT_STREAM

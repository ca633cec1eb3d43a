"""Bodies of speech, of chunks of text and of projects, and the shapes of their answers."""

from typing import Any

from rest_framework import serializers

from apps.catalog.limits import FASTEST_SPEED, SLOWEST_SPEED
from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core import fields
from apps.projects.limits import LONGEST_CROSSFADE_MS, LONGEST_PAUSE_MS, MOST_LINES
from apps.projects.sentences import LONGEST_SENTENCE
from apps.speech.serializers import BITRATES, SAMPLE_RATES
from apps.voice_design.serializers import DescriptionSerializer, DesignSerializer
from workers.contract.formats import FORMATS

SHORTEST_SENTENCE = 20
CHUNK_PAUSE_MS, PROJECT_PAUSE_MS = 200, 300
SPEED: dict[str, Any] = {"min_value": SLOWEST_SPEED, "max_value": FASTEST_SPEED}
PAUSE: dict[str, Any] = {"min_value": 0, "max_value": LONGEST_PAUSE_MS}
VOICE_HELP = "A voice of GET /api/voices."


def max_characters_field() -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False,
        default=LONGEST_SENTENCE,
        min_value=SHORTEST_SENTENCE,
        max_value=LONGEST_SENTENCE,
        help_text="A longer sentence is cut.",
    )


class LineText(fields.Text):
    """Text of a line: not empty, and not only white space."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        if isinstance(text, str) and not text.strip():
            raise serializers.ValidationError("The text contains nothing to speak.", code="blank")
        return text


def language_field(**kwargs: Any) -> fields.Text:
    """Language of a text, by default empty: it is detected then."""
    usual = {"required": False, "default": "", "allow_blank": True, "help_text": "en, es, …; detected when left out."}
    return fields.Text(max_length=35, **{**usual, **kwargs})


class FileSerializer(serializers.Serializer[Any]):
    """Settings of the file that answers."""

    format = serializers.ChoiceField(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the audio.")
    bitrate = serializers.ChoiceField(choices=BITRATES, required=False, help_text="kbit/s, for mp3, ogg, opus, aac and m4a.")
    sample_rate = serializers.ChoiceField(choices=SAMPLE_RATES, required=False, help_text="Hz; the model's own unless given.")


class SpeechSerializer(FileSerializer):
    text = LineText()
    language = language_field()
    speed = fields.Number(required=False, default=1.0, **SPEED)


class CloneSpeechSerializer(SpeechSerializer):
    """Body of POST /api/generate/clone."""

    voice_id = fields.Text(max_length=LONGEST_NAME, help_text="A voice of your account.")


class PresetSpeechSerializer(SpeechSerializer):
    """Body of POST /api/generate/preset."""

    voice_id = fields.Text(
        max_length=LONGEST_NAME, help_text="A built-in voice of GET /api/voices, or a mix such as `af_bella(2)+af_sky(1)`."
    )
    model = fields.Text(max_length=100, required=False, default="", allow_blank=True, help_text="The voice's own when left out.")


class DesignSpeechSerializer(DescriptionSerializer, SpeechSerializer):
    """Body of POST /api/generate/design."""


class JoinSerializer(FileSerializer):
    """Settings of joined chunks."""

    pause_ms = serializers.IntegerField(required=False, default=CHUNK_PAUSE_MS, **PAUSE, help_text="Silence between chunks.")
    crossfade_ms = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=LONGEST_CROSSFADE_MS,
        help_text="Fade between chunks without a pause (`pause_ms: 0`).",
    )


class ChunkedSerializer(JoinSerializer):
    """Body of POST /api/generate/clone-chunked."""

    voice_id = fields.Text(max_length=LONGEST_NAME, help_text=VOICE_HELP)
    text = LineText(help_text="Plain text; each sentence becomes a chunk.")
    language = language_field()
    speed = fields.Number(required=False, default=1.0, **SPEED)
    max_characters = max_characters_field()


class VoiceChunkSerializer(serializers.Serializer[Any]):
    text = LineText()
    voice_id = fields.Text(max_length=LONGEST_NAME, required=False, help_text="The request's voice when left out.")
    language = language_field()
    speed = fields.Number(required=False, default=1.0, **SPEED)
    pause_ms = serializers.IntegerField(required=False, allow_null=True, default=None, **PAUSE, help_text="Silence after this chunk.")


class MultiVoiceSerializer(JoinSerializer):
    """Body of POST /api/generate/clone-chunked-multivoice."""

    chunks = serializers.ListField(child=VoiceChunkSerializer(), allow_empty=False, max_length=MOST_LINES)
    voice_id = fields.Text(max_length=LONGEST_NAME, required=False, default="", help_text="Voice of chunks that name none.")
    language = language_field(help_text="Language of chunks that name none.")


class LanguageChunkSerializer(VoiceChunkSerializer):
    language = language_field(required=True, default=serializers.empty)


class MultiLanguageSerializer(JoinSerializer):
    """Body of POST /api/generate/clone-chunked-multilang."""

    voice_id = fields.Text(max_length=LONGEST_NAME, help_text=VOICE_HELP)
    chunks = serializers.ListField(child=LanguageChunkSerializer(), allow_empty=False, max_length=MOST_LINES)


class RedoSerializer(serializers.Serializer[Any]):
    """Body of POST /api/generate/regenerate-chunk."""

    chunk_id = fields.Text(max_length=64, required=False, help_text="`id` of a chunk; or generation_id and index.")
    generation_id = fields.Text(max_length=64, required=False)
    index = serializers.IntegerField(required=False, min_value=0, max_value=MOST_LINES)
    text = LineText(required=False)
    voice_id = fields.Text(max_length=LONGEST_NAME, required=False)
    language = language_field(default=serializers.empty)
    speed = fields.Number(required=False, **SPEED)
    seed = serializers.IntegerField(
        required=False, allow_null=True, help_text="Taken and not used: the installed models speak without chance."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("chunk_id" in attrs) == ("generation_id" in attrs and "index" in attrs):
            raise serializers.ValidationError({"chunk_id": "Name one chunk: by chunk_id, or by generation_id and index."}, code="invalid")
        return attrs


class MergeSerializer(JoinSerializer):
    """Body of POST /api/generate/merge-chunks."""

    generation_id = fields.Text(max_length=64, required=False, help_text="All its chunks in their order; or chunk_ids.")
    chunk_ids = serializers.ListField(
        child=fields.Text(max_length=64),
        required=False,
        allow_empty=False,
        max_length=MOST_LINES,
        help_text="Chunks in any order, also of several generations.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("generation_id" in attrs) == ("chunk_ids" in attrs):
            raise serializers.ValidationError({"chunk_ids": "Send one of generation_id and chunk_ids."}, code="invalid")
        return attrs


class CancelSerializer(serializers.Serializer[Any]):
    """Body of POST /api/generation/cancel."""

    generation_id = fields.Text(
        max_length=64, required=False, allow_null=True, help_text="All running generations of this key when left out."
    )


class SplitSerializer(serializers.Serializer[Any]):
    """Body of POST /api/text/split."""

    text = fields.Text()
    max_characters = max_characters_field()


class SplitResultSerializer(serializers.Serializer[Any]):
    sentences = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()


class ChunkResultSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="The chunk, for regenerate-chunk and merge-chunks.")
    index = serializers.IntegerField()
    text = serializers.CharField()
    voice_id = serializers.CharField()
    language = serializers.CharField()
    speed = serializers.FloatField()
    status = serializers.ChoiceField(choices=["ready", "pending", "expired"])
    audio_url = serializers.URLField(allow_null=True, help_text="FLAC; needs no key.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")


class GenerationSerializer(serializers.Serializer[Any]):
    """Answer of everything that speaks."""

    generation_id = serializers.CharField()
    status = serializers.ChoiceField(choices=["queued", "processing", "completed", "failed", "cancelled"])
    progress = serializers.FloatField(required=False, help_text="0 to 1, until it is completed.")
    audio_url = serializers.URLField(required=False, help_text="Needs no key.")
    duration = serializers.FloatField(required=False, allow_null=True, help_text="Seconds.")
    format = serializers.CharField(required=False)
    credits_used = serializers.FloatField()
    voice_id = serializers.CharField(required=False, help_text="Voice of the request, in answers of generate/clone, preset and design.")
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="End of the file's retention, once it is completed.")
    cached = serializers.BooleanField(required=False, help_text="True if the audio is that of an earlier identical request.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    chunks = ChunkResultSerializer(many=True, required=False)
    chunk = ChunkResultSerializer(required=False)
    error = serializers.CharField(required=False)
    code = serializers.CharField(required=False)


class DesignedSpeechSerializer(GenerationSerializer):
    voice_id = serializers.CharField(help_text="Mix of built-in voices, which every request takes.")
    design = DesignSerializer()


class KeptVoiceSerializer(serializers.Serializer[Any]):
    """Answer of POST /api/design/create."""

    id = serializers.CharField(help_text="Voice of your account, which speaks at once.")
    name = serializers.CharField()
    generation_id = serializers.CharField(help_text="The job that speaks its demo.")
    status = serializers.CharField()
    preview_url = serializers.URLField(help_text="Demo of the voice once it is completed; needs no key.")
    design = DesignSerializer(allow_null=True)


class CancelResultSerializer(serializers.Serializer[Any]):
    cancelled = serializers.ListField(child=serializers.CharField(), help_text="Ids of the generations.")
    count = serializers.IntegerField()

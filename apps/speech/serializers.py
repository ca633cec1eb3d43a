"""Serializers of POST /v1/tts/ and GET /v1/speech/results/."""

from typing import Any

from rest_framework import serializers

from apps.catalog.limits import FASTEST_SPEED, SLOWEST_SPEED
from apps.catalog.mix_syntax import LONGEST_NAME
from apps.core import fields
from apps.webhooks.fields import WebhookUrl
from workers.contract.formats import FORMATS
from workers.documents import SUPPORTED_TEXTS

BITRATES = (32, 48, 64, 96, 128, 160, 192, 256, 320)
SAMPLE_RATES = (8000, 16000, 22050, 24000, 32000, 44100, 48000)
MAXIMUM_INSTRUCTIONS = 500
DEFAULT_MODEL = "kokoro"


class SpeechRequestSerializer(serializers.Serializer[Any]):
    """Request body of POST /v1/tts/."""

    model = fields.Text(
        required=False,
        max_length=100,
        help_text=f"A model of /v1/models/. When left out: {DEFAULT_MODEL}, or without `voice` one that speaks the text's language.",
    )
    text = fields.Text(required=False, help_text="Text to speak; `input` is an alias.")
    input = fields.Text(required=False, help_text="Alias of `text`.")
    upload_id = fields.Text(
        required=False, allow_null=True, allow_blank=True, help_text="Id of a text from POST /v1/uploads/, instead of `text`."
    )
    voice = fields.Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=LONGEST_NAME,
        help_text="A voice of /v1/voices/, or a mix such as `af_bella(2)+af_sky(1)`; the model's default if omitted.",
    )
    format = serializers.ChoiceField(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the audio.")
    speed = fields.Number(required=False, default=1.0, min_value=SLOWEST_SPEED, max_value=FASTEST_SPEED)
    language = fields.Text(required=False, allow_null=True, allow_blank=True, max_length=35, help_text="en, es, …; detected when left out.")
    instructions = fields.Text(
        required=False, allow_null=True, allow_blank=True, max_length=MAXIMUM_INSTRUCTIONS, help_text="Instructions for the speaking style."
    )
    chapters = fields.Flag(
        required=False,
        allow_null=True,
        default=None,
        help_text="Chapters at headings, <p> or <s>, in the result and in m4b, m4a and mp3 files. When left out: for m4b and for longer texts.",
    )
    timestamps = fields.Flag(required=False, default=False, help_text="Adds `words` to the result, as `?timestamps=words` does.")
    stream = fields.Flag(required=False, default=False, help_text="Answers with the audio itself, while it is made.")
    webhook_url = WebhookUrl()
    pronunciations = fields.Json(
        required=False, allow_null=True, help_text='`{"GIF": "jiff"}` or `[{"word", "replacement", "language"?, "case_sensitive"?}]`.'
    )
    bitrate = serializers.ChoiceField(choices=BITRATES, required=False, help_text="kbit/s, for mp3, ogg, opus, aac and m4a.")
    sample_rate = serializers.ChoiceField(choices=SAMPLE_RATES, required=False, help_text="Hz; the model's own unless given.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one text, under either of its names or as a file; refuse unsupported fields."""
        text = attrs.pop("text", None)
        other = attrs.pop("input", None)
        attrs["text"] = other if text is None else text
        is_file = attrs.get("file") is not None or bool(attrs.get("upload_id"))
        if is_file and attrs["text"]:
            raise serializers.ValidationError({"text": "Send one of text, file and upload_id."}, code="invalid")
        if attrs["text"] is None and not is_file:
            raise serializers.ValidationError({"text": "This field is required."}, code="required")
        if not is_file and not attrs["text"].strip():
            raise serializers.ValidationError({"text": "The text contains nothing to speak."}, code="blank")
        return attrs


class SpeechStreamSerializer(SpeechRequestSerializer):
    """Request body of POST /v1/tts/stream/."""

    stream_format = serializers.ChoiceField(
        choices=list(FORMATS),
        required=False,
        allow_null=True,
        help_text="Format of the `audio` events, if it differs from `format`: listen to `wav` while the stored file becomes `mp3`.",
    )


class SpeechFormSerializer(SpeechRequestSerializer):
    """Form of POST /v1/tts/ with a text as a file."""

    file = serializers.FileField(
        required=False, allow_null=True, allow_empty_file=True, help_text=f"Text instead of `text`. {SUPPORTED_TEXTS}, by its name."
    )
    format = fields.FormChoice(choices=list(FORMATS), required=False, default="mp3")
    speed = fields.FormNumber(required=False, default=1.0, min_value=SLOWEST_SPEED, max_value=FASTEST_SPEED)
    chapters = fields.FormFlag(required=False, allow_null=True, default=None)
    timestamps = fields.FormFlag(required=False, default=False)
    stream = fields.FormFlag(required=False, default=False)
    bitrate = fields.FormChoice(choices=BITRATES, required=False)
    sample_rate = fields.FormChoice(choices=SAMPLE_RATES, required=False)


class QueuedSpeechSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/tts/."""

    uuid = serializers.CharField(help_text="32 hex digits: opens the result to whoever holds it.")
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["queued", "processing", "completed", "failed", "cancelled"])
    credits_used = serializers.FloatField(help_text="Price: reserved now, settled at the end, released if the job fails.")
    credits_remaining = serializers.FloatField(allow_null=True, help_text="null without a key.")
    model = serializers.CharField(required=False, help_text="A model that is not installed, as the request named it.")
    model_used = serializers.CharField(required=False, help_text="Id of the model that stands in for it.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    cached = serializers.BooleanField(required=False, help_text="True if the result is that of an earlier identical request.")


class WordSerializer(serializers.Serializer[Any]):
    word = serializers.CharField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")


class OutputSerializer(serializers.Serializer[Any]):
    """One file of a job that made several."""

    name = serializers.CharField(help_text="vocals, timings, …")
    url = serializers.URLField(help_text="Needs no key.")
    content_type = serializers.CharField()
    bytes = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True, help_text="64 hex digits.")


class ChapterSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")


class OverrunSerializer(serializers.Serializer[Any]):
    start = serializers.FloatField(help_text="Seconds at which the subtitle should begin.")
    end = serializers.FloatField(help_text="Seconds at which it should end.")
    spoken_start = serializers.FloatField(help_text="Seconds.")
    spoken_end = serializers.FloatField(help_text="Seconds.")
    speed = serializers.FloatField(help_text="Factor by which it is spoken faster.")
    overrun_seconds = serializers.FloatField()


class SpeechResultSerializer(serializers.Serializer[Any]):
    """Response of GET /v1/speech/results/."""

    uuid = serializers.CharField()
    job_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["queued", "processing", "completed", "failed", "cancelled"])
    progress = serializers.FloatField(required=False, help_text="0 to 1, while it is queued or processing.")
    seconds_left = serializers.IntegerField(required=False, help_text="Estimate while it is processing, once 1% is done.")
    result_url = serializers.URLField(required=False, help_text="The audio; needs no key.")
    url = serializers.URLField(required=False, help_text="The same.")
    cdn_url = serializers.URLField(required=False, help_text="The same.")
    format = serializers.CharField(required=False)
    duration = serializers.FloatField(required=False, help_text="Seconds of audio.")
    bytes = serializers.IntegerField(required=False)
    credits_used = serializers.FloatField(required=False)
    model = serializers.CharField(required=False, help_text="A model that is not installed, as the request named it.")
    model_used = serializers.CharField(required=False, help_text="Id of the model that stands in for it.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    cached = serializers.BooleanField(required=False, help_text="True if the result is that of an earlier identical request.")
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    content_credentials = serializers.BooleanField(
        required=False, help_text="Where results are to be signed (C2PA): whether this one is. Files above 64 MB and some formats are not."
    )
    outputs = OutputSerializer(many=True, required=False, help_text="All files of a job with several outputs, the main one first.")
    result = serializers.DictField(required=False, help_text="Document of the job: transcript, translation or answer.")
    words = WordSerializer(many=True, required=False, help_text="Word timings, if requested and supported by the model.")
    overruns = OverrunSerializer(
        many=True, required=False, help_text="Subtitles that are spoken beyond their end, at most 100; the output `cues` has all."
    )
    chapters = ChapterSerializer(many=True, required=False, help_text="Chapters of a text with headings or marked paragraphs.")
    error = serializers.CharField(required=False, help_text="Error message of a failed job.")
    code = serializers.CharField(required=False, help_text="Error code of a failed job.")

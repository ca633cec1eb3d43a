"""Serializers of POST /v1/stt/."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from apps.core import fields
from apps.core.errors import InvalidRequestError
from apps.transcription.services import DEFAULT_MODEL
from apps.uploads.serializers import SourceSerializer
from apps.webhooks.fields import WebhookUrl

MOST_SPEAKERS = 20
LONGEST_PROMPT = 2000
"""Most characters of a prompt; the model would use only the end of a longer one."""


def join_hotwords(terms: Sequence[str], *, param: str) -> str:
    """Words to listen for, as the recogniser takes them, of a list in another API. Raises InvalidRequestError if they are too many."""
    joined = ", ".join(terms)
    if len(joined) > LONGEST_PROMPT:
        message = f"{param}: the words have {len(joined)} characters together, and at most {LONGEST_PROMPT} are listened for."
        raise InvalidRequestError(message, param=param)
    return joined


class TranscriptionRequestSerializer(SourceSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    model = fields.FormName(required=False, default=DEFAULT_MODEL, max_length=100, help_text="A model of type `stt` in /v1/models/.")
    language = fields.Text(required=False, default="auto", allow_blank=True, max_length=35, help_text="en, es, …; auto detects it.")
    timestamps = fields.FormFlag(required=False, default=False, help_text="Word timings in every segment.")
    diarize = fields.FormFlag(required=False, default=False, help_text="Label speakers: SPEAKER_00, … in the order of their first words.")
    num_speakers = fields.FormInteger(
        required=False, allow_null=True, min_value=1, max_value=MOST_SPEAKERS, help_text="Number of speakers; estimated if omitted."
    )
    prompt = fields.Text(
        required=False, default="", allow_blank=True, max_length=LONGEST_PROMPT, help_text="Preceding text, or the spelling of names."
    )
    hotwords = fields.Text(required=False, default="", allow_blank=True, max_length=LONGEST_PROMPT, help_text="Words to listen for.")
    stream = fields.FormFlag(
        required=False, default=False, help_text="Answer with events while the recording is transcribed (text/event-stream)."
    )
    webhook_url = WebhookUrl()


class HeardWordSerializer(serializers.Serializer[Any]):
    """Word of a transcript."""

    word = serializers.CharField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    probability = serializers.FloatField()


class HeardSegmentSerializer(serializers.Serializer[Any]):
    """Segment of continuous speech."""

    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField()
    speaker = serializers.CharField(required=False, help_text="With `diarize`.")
    words = HeardWordSerializer(many=True, required=False, help_text="With `timestamps`.")


class TranscriptSerializer(serializers.Serializer[Any]):
    """Response of POST /v1/stt/."""

    text = serializers.CharField()
    language = serializers.CharField(help_text="Primary language tag; empty for a recording without speech.")
    duration = serializers.FloatField(help_text="Seconds of the recording.")
    segments = HeardSegmentSerializer(many=True)
    uuid = serializers.CharField()
    job_id = serializers.UUIDField()
    model = serializers.CharField(help_text="Model id of the request.")
    model_used = serializers.CharField(required=False, help_text="Id of the stand-in, for a model that is not installed.")
    warnings = serializers.ListField(child=serializers.CharField(), required=False)
    credits_used = serializers.FloatField()

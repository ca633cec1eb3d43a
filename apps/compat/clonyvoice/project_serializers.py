"""Bodies of projects, and the shapes of their answers."""

from typing import Any

from rest_framework import serializers

from apps.catalog.mix_syntax import LONGEST_NAME
from apps.compat.clonyvoice.generation_serializers import PAUSE, PROJECT_PAUSE_MS, SPEED, JoinSerializer, LineText, language_field
from apps.core import fields
from apps.projects.limits import LONGEST_CROSSFADE_MS, MOST_LINES
from apps.speech.serializers import BITRATES, SAMPLE_RATES
from workers.contract.formats import FORMATS


class ProjectSettingsSerializer(JoinSerializer):
    """Settings of a project's file."""

    pause_ms = serializers.IntegerField(
        required=False, default=PROJECT_PAUSE_MS, **PAUSE, help_text="Silence after a line that has no pause of its own."
    )


class ChangedSettingsSerializer(serializers.Serializer[Any]):
    """Settings of a project's file that change; those left out stay. Null takes a bitrate or sample rate away."""

    format = serializers.ChoiceField(choices=list(FORMATS), required=False)
    bitrate = serializers.ChoiceField(choices=BITRATES, required=False, allow_null=True)
    sample_rate = serializers.ChoiceField(choices=SAMPLE_RATES, required=False, allow_null=True)
    pause_ms = serializers.IntegerField(required=False, **PAUSE)
    crossfade_ms = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_CROSSFADE_MS)


class ProjectLineSerializer(serializers.Serializer[Any]):
    """Line of a project."""

    id = fields.Text(max_length=64, required=False, allow_null=True, help_text="Of a line that is in the project already; it keeps its id.")
    text = LineText()
    voice_id = fields.Text(
        max_length=LONGEST_NAME, required=False, default="", allow_blank=True, help_text="A voice of GET /api/voices, or a mix."
    )
    model = fields.Text(max_length=100, required=False, default="", allow_blank=True, help_text="The voice's own when left out.")
    language = language_field()
    speed = fields.Number(required=False, default=1.0, **SPEED)
    pause_ms = serializers.IntegerField(
        required=False, allow_null=True, default=None, **PAUSE, help_text="Silence after the line; the project's own when left out."
    )


class ProjectContentSerializer(serializers.Serializer[Any]):
    """Content of a project, but for its name and settings."""

    description = fields.Text(max_length=2000, required=False, allow_blank=True)
    lines = serializers.ListField(child=ProjectLineSerializer(), required=False, max_length=MOST_LINES)


class ProjectSerializer(ProjectContentSerializer):
    """Body of POST /api/projects."""

    name = fields.Text(max_length=200, trim_whitespace=True)
    settings = ProjectSettingsSerializer(required=False)


class ProjectChangeSerializer(ProjectContentSerializer):
    """Body of PUT /api/projects/{id}: what is left out stays as it is."""

    name = fields.Text(max_length=200, trim_whitespace=True, required=False)
    settings = ChangedSettingsSerializer(required=False)
    version = serializers.IntegerField(required=False, min_value=1, help_text="As it was read: 409 version_conflict if it changed since.")


class RenderSerializer(serializers.Serializer[Any]):
    """Body of POST /api/projects/{id}/render: settings in place of the project's, for this file."""

    format = serializers.ChoiceField(choices=list(FORMATS), required=False)
    pause_ms = serializers.IntegerField(required=False, **PAUSE)
    crossfade_ms = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_CROSSFADE_MS)


class LineResultSerializer(ProjectLineSerializer):
    index = serializers.IntegerField()
    is_rendered = serializers.BooleanField(help_text="Its audio speaks its text and settings as they are now.")
    audio_url = serializers.URLField(allow_null=True, help_text="FLAC; needs no key.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")


class ProjectSummarySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    version = serializers.IntegerField()
    line_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProjectListSerializer(serializers.Serializer[Any]):
    projects = ProjectSummarySerializer(many=True)
    total = serializers.IntegerField()


class ProjectResultSerializer(ProjectSummarySerializer):
    settings = ProjectSettingsSerializer()
    lines = LineResultSerializer(many=True)
    generation_id = serializers.CharField(allow_null=True, help_text="Of the last render.")


class DeletedSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    deleted = serializers.BooleanField()


class PlacedLineSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    index = serializers.IntegerField()
    text = serializers.CharField()
    voice_id = serializers.CharField()
    start = serializers.FloatField(allow_null=True, help_text="Seconds; null after a line that is not rendered.")
    end = serializers.FloatField(allow_null=True)
    duration = serializers.FloatField(allow_null=True)
    is_rendered = serializers.BooleanField()


class TimelineSerializer(serializers.Serializer[Any]):
    project_id = serializers.CharField()
    version = serializers.IntegerField()
    duration = serializers.FloatField(allow_null=True, help_text="Seconds of the whole; null while a line is not rendered.")
    lines = PlacedLineSerializer(many=True)

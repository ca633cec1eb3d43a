"""Shapes of GET /v1/status/."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.status.models import Impact, Phase

STATES = ["up", "degraded", "down", "unknown"]


@extend_schema_serializer(component_name="StatusDay")
class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text="UTC.")
    state = serializers.ChoiceField(choices=["up", "degraded", "down", "none"], help_text="none: no probe ran on this day.")
    uptime = serializers.FloatField(allow_null=True, help_text="Percent of the day's probes that found it working; null without any.")
    minutes = serializers.IntegerField(help_text="Probes of the day, one a minute.")


@extend_schema_serializer(component_name="StatusComponent")
class ComponentSerializer(serializers.Serializer[Any]):
    """A component now and over 90 days."""

    id = serializers.CharField(help_text="web, speech, transcription, tools, webhooks, database, broker or storage.")
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES, help_text="unknown: no probe of the last three minutes.")
    milliseconds = serializers.IntegerField(allow_null=True, help_text="Time that the last probe took, where it is measured.")
    uptime = serializers.FloatField(allow_null=True, help_text="Percent over the days with probes.")
    days = DaySerializer(many=True, help_text="90 days, the oldest first.")


@extend_schema_serializer(component_name="IncidentUpdate")
class UpdateSerializer(serializers.Serializer[Any]):
    phase = serializers.ChoiceField(choices=Phase.values)
    text = serializers.CharField()
    at = serializers.DateTimeField()


class IncidentSerializer(serializers.Serializer[Any]):
    """Incident or maintenance, announced by the operator."""

    id = serializers.CharField()
    title = serializers.CharField()
    impact = serializers.ChoiceField(choices=Impact.values)
    components = serializers.ListField(child=serializers.CharField())
    is_maintenance = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    updates = UpdateSerializer(many=True)


@extend_schema_serializer(component_name="PlatformStatus")
class StatusSerializer(serializers.Serializer[Any]):
    """Status of the platform by its own probes."""

    status = serializers.ChoiceField(choices=STATES, help_text="The worst of the components.")
    is_current = serializers.BooleanField(help_text="False while the database is away: the last known state.")
    probed_at = serializers.DateTimeField(allow_null=True)
    components = ComponentSerializer(many=True)
    incidents = IncidentSerializer(many=True, help_text="Open incidents and running maintenance.")
    scheduled_maintenance = IncidentSerializer(many=True)
    past_incidents = IncidentSerializer(many=True, help_text="Of the last 14 days.")

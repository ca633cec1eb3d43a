"""POST /v1/audio/analyze/: key, tempo and meter of music."""

from rest_framework import serializers

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import check_size
from apps.audio_tools.kinds import ANALYZE
from apps.audio_tools.serializers import ToolDocumentSerializer, ToolRequestSerializer
from apps.jobs.plans import PartPlan
from workers.contract.audio_tools import AnalyzeWork
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.references import StoredObject


class AnalyzeRequestSerializer(ToolRequestSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""


class AnalysisSerializer(ToolDocumentSerializer):
    """Response of POST /v1/audio/analyze/. Facts that cannot be found, as in speech or noise, are null."""

    key = serializers.CharField(allow_null=True, help_text="C, C#, D, …")
    scale = serializers.CharField(allow_null=True, help_text="Major or Minor.")
    bpm = serializers.FloatField(allow_null=True, help_text="Beats a minute.")
    time_signature = serializers.CharField(allow_null=True, help_text="4/4 or 3/4.")
    camelot = serializers.CharField(allow_null=True, help_text="Position of the key on the Camelot wheel: 8B.")
    compatible_keys = serializers.ListField(child=serializers.CharField(), help_text="The key and its neighbours on the wheel.")
    key_confidence = serializers.FloatField(help_text="0 to 1.")
    bpm_confidence = serializers.FloatField(help_text="0 to 1.")
    duration = serializers.FloatField(help_text="Seconds.")


def plan_analysis(order: ToolOrder) -> ToolPlan:
    """One part listens to the whole recording."""
    check_size(order.source.info)
    work = AnalyzeWork(source=StoredObject(order.source.key), source_seconds=order.source.info.audio_seconds)
    return ToolPlan(parts=(PartPlan("analyze", work, text_outputs(is_kept=True), units=order.milliseconds),), output_format=DOCUMENT)


ANALYZE_TOOL = AudioTool(
    kind=ANALYZE,
    path="analyze",
    summary="Key and tempo of music",
    description="Finds the key, the tempo and the meter of music, and the keys that mix well with it. Free.",
    fields=AnalyzeRequestSerializer,
    plan=plan_analysis,
    document=AnalysisSerializer,
)

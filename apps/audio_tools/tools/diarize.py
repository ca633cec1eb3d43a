"""POST /v1/audio/diarize/: who speaks when."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.accounts.callers import Caller
from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.kinds import DIARIZE
from apps.audio_tools.serializers import ToolDocumentSerializer, ToolRequestSerializer
from apps.catalog.selectors import find_diarizing_model
from apps.core import fields
from apps.jobs.plans import PartPlan
from apps.transcription.serializers import MOST_SPEAKERS
from workers.contract.audio_tools import DiarizeWork
from workers.contract.formats import DOCUMENT, RTTM
from workers.contract.outputs import TEXT, OutputSpec
from workers.contract.references import StoredObject


class DiarizeRequestSerializer(ToolRequestSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    num_speakers = fields.FormInteger(
        required=False, allow_null=True, min_value=1, max_value=MOST_SPEAKERS, help_text="Number of speakers; estimated if omitted."
    )


class SpeakerSerializer(serializers.Serializer[Any]):
    """One speaker."""

    speaker = serializers.CharField(help_text="SPEAKER_00, … in the order of their first words.")
    seconds = serializers.FloatField(help_text="Speech of this speaker.")


class SpeakerSegmentSerializer(serializers.Serializer[Any]):
    """Speech of one speaker without a pause."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    speaker = serializers.CharField()
    has_overlap = serializers.BooleanField(help_text="True if somebody else speaks at the same time in some of it.")


class SpeakerOverlapSerializer(serializers.Serializer[Any]):
    """Stretch in which two or more speak."""

    start = serializers.FloatField()
    end = serializers.FloatField()
    speakers = serializers.ListField(child=serializers.CharField())


class DiarizationSerializer(ToolDocumentSerializer):
    """Speakers of a recording; times in seconds."""

    duration = serializers.FloatField()
    num_speakers = serializers.IntegerField()
    speakers = SpeakerSerializer(many=True)
    segments = SpeakerSegmentSerializer(many=True, help_text="By their start; those of two speakers may overlap.")
    overlaps = SpeakerOverlapSerializer(many=True)


def check_diarization(caller: Caller, options: Mapping[str, Any]) -> None:  # noqa: ARG001 - the protocol of checks
    """Refuse with 400 or 503 where no worker has the models."""
    find_diarizing_model()


def plan_diarization(order: ToolOrder) -> ToolPlan:
    """One part finds the turns of the whole recording."""
    work = DiarizeWork(
        source=StoredObject(order.source.key),
        source_seconds=order.source.info.audio_seconds,
        speakers=order.options.get("num_speakers") or 0,
    )
    outputs = (OutputSpec(TEXT, DOCUMENT, is_kept=True), OutputSpec("rttm", RTTM, is_kept=True))
    part = PartPlan("diarize", work, outputs, units=order.milliseconds)
    return ToolPlan(parts=(part,), output_format=DOCUMENT, queue=find_diarizing_model().queue)


DIARIZE_TOOL = AudioTool(
    kind=DIARIZE,
    path="diarize",
    summary="Tell the speakers of a recording apart",
    description=(
        "Finds who speaks when, also two at once, without transcribing. `/static/downloads/<uuid>/rttm.rttm` is the same in NIST's RTTM "
        "format. `POST /v1/stt/` with `diarize=true` labels the speakers of a transcript."
    ),
    fields=DiarizeRequestSerializer,
    plan=plan_diarization,
    check=check_diarization,
    document=DiarizationSerializer,
)

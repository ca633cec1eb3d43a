"""POST /v1/audio/waveform/: peaks for the waveform of a player."""

from typing import Any

from rest_framework import serializers

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import check_size
from apps.audio_tools.kinds import WAVEFORM
from apps.audio_tools.serializers import FormNumberChoice, ToolDocumentSerializer, ToolRequestSerializer
from apps.core import fields
from apps.core.errors import InvalidRequestError
from apps.jobs.plans import PartPlan
from workers.contract.audio_tools import WaveformWork
from workers.contract.formats import DOCUMENT
from workers.contract.outputs import text_outputs
from workers.contract.references import StoredObject

MOST_VALUES = 1_000_000
"""Most numbers in an answer, which then has about 5 MB."""
MONO = "mono"


class WaveformRequestSerializer(ToolRequestSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    pixels_per_second = fields.FormInteger(
        required=False, default=20, min_value=1, max_value=1000, help_text="Pairs of lowest and highest sample for each second and channel."
    )
    channels = fields.FormChoice(
        choices=["all", MONO], required=False, default="all", help_text="`all` for peaks of each channel, `mono` for those of their mix."
    )
    bits = FormNumberChoice(choices=(8, 16), required=False, default=8, help_text="8: values from -127 to 127; 16: from -32767 to 32767.")


class WaveformSerializer(ToolDocumentSerializer):
    """Response of POST /v1/audio/waveform/: the JSON format of audiowaveform, version 2."""

    version = serializers.IntegerField()
    channels = serializers.IntegerField()
    sample_rate = serializers.IntegerField(help_text="Hz.")
    samples_per_pixel = serializers.IntegerField()
    bits = serializers.IntegerField()
    length = serializers.IntegerField(help_text="Pixels.")
    duration = serializers.FloatField(help_text="Seconds.")

    def get_fields(self) -> dict[str, Any]:
        """Add `data` here, since serializers have a property of that name."""
        values = serializers.ListField(
            child=serializers.IntegerField(), help_text="Lowest and highest sample of each channel in the first pixel, then in the second."
        )
        return {**super().get_fields(), "data": values}


def plan_waveform(order: ToolOrder) -> ToolPlan:
    """One part measures the peaks."""
    info, options = order.source.info, order.options
    check_size(info)
    channels = 1 if options["channels"] == MONO else info.channels
    values = info.audio_seconds * options["pixels_per_second"] * channels * 2
    if values > MOST_VALUES:
        raise InvalidRequestError(
            f"{options['pixels_per_second']} pixels a second are {values:,.0f} numbers for this recording; at most {MOST_VALUES:,} are "
            "answered. Send fewer pixels_per_second, or channels=mono.",
            code="too_large",
            param="pixels_per_second",
        )
    work = WaveformWork(
        source=StoredObject(order.source.key),
        source_seconds=info.audio_seconds,
        samples_per_pixel=max(1, round(info.sample_rate / options["pixels_per_second"])),
        bits=options["bits"],
        channels=1 if options["channels"] == MONO else 0,
    )
    return ToolPlan(parts=(PartPlan("waveform", work, text_outputs(is_kept=True), units=order.milliseconds),), output_format=DOCUMENT)


WAVEFORM_TOOL = AudioTool(
    kind=WAVEFORM,
    path="waveform",
    summary="Waveform for a player",
    description="Measures the lowest and highest sample of each pixel, in the format that peaks.js and wavesurfer.js read. Free.",
    fields=WaveformRequestSerializer,
    plan=plan_waveform,
    document=WaveformSerializer,
)

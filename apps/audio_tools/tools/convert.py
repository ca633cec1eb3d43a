"""POST /v1/audio/convert/: another format, rate, bitrate, bit depth or number of channels."""

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import resolve_form
from apps.audio_tools.kinds import CONVERT
from apps.audio_tools.serializers import AudioFormSerializer
from apps.core import fields
from apps.jobs.plans import PartPlan
from workers.contract.audio_tools import ConvertRecordingWork
from workers.contract.formats import FORMATS
from workers.contract.outputs import AUDIO, OutputSpec
from workers.contract.references import StoredObject


class ConvertRequestSerializer(AudioFormSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    format = fields.FormChoice(choices=list(FORMATS), required=False, default="mp3", help_text="Format of the answer.")


def plan_conversion(order: ToolOrder) -> ToolPlan:
    """One part converts the whole recording."""
    form, warnings = resolve_form(order.options, order.source.info)
    work = ConvertRecordingWork(source=StoredObject(order.source.key), source_seconds=order.source.info.audio_seconds, form=form)
    part = PartPlan("convert_recording", work, (OutputSpec(AUDIO, form.format, is_kept=True),), units=order.milliseconds)
    return ToolPlan(parts=(part,), output_format=form.format, warnings=warnings)


CONVERT_TOOL = AudioTool(
    kind=CONVERT,
    path="convert",
    summary="Convert a recording",
    description=(
        "Converts a recording to another format, keeping its sample rate, channels and bit depth unless others are given, and its title, "
        "artist and other tags where the format holds them. Free."
    ),
    fields=ConvertRequestSerializer,
    plan=plan_conversion,
)

"""POST /v1/audio/normalize/: a loudness by EBU R128."""

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import resolve_form
from apps.audio_tools.kinds import NORMALIZE
from apps.audio_tools.serializers import AudioFormSerializer
from apps.core import fields
from apps.jobs.plans import PartPlan
from workers.contract.audio_tools import NormalizeWork
from workers.contract.outputs import AUDIO, OutputSpec
from workers.contract.references import StoredObject

MOST_SAMPLES = 2 * 3600 * 48_000 * 2
"""Samples of all channels of one job: two hours of stereo, which take about five CPU minutes where peaks are limited."""


class NormalizeRequestSerializer(AudioFormSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    lufs = fields.FormNumber(
        required=False,
        default=-16.0,
        min_value=-40,
        max_value=-5,
        help_text="Integrated loudness: -16 for podcasts, -14 for streaming, -23 for European broadcasts.",
    )
    true_peak = fields.FormNumber(
        required=False, default=-1.0, min_value=-9, max_value=0, help_text="Highest true peak in dBTP; peaks above are limited."
    )


def plan_normalisation(order: ToolOrder) -> ToolPlan:
    """One part measures the loudness and writes the result."""
    form, warnings = resolve_form(order.options, order.source.info, most_samples=MOST_SAMPLES)
    work = NormalizeWork(
        source=StoredObject(order.source.key),
        source_seconds=order.source.info.audio_seconds,
        form=form,
        target_lufs=order.options["lufs"],
        ceiling_decibels=order.options["true_peak"],
    )
    part = PartPlan("normalize", work, (OutputSpec(AUDIO, form.format, is_kept=True),), units=order.milliseconds)
    return ToolPlan(parts=(part,), output_format=form.format, warnings=warnings)


NORMALIZE_TOOL = AudioTool(
    kind=NORMALIZE,
    path="normalize",
    summary="Normalise the loudness",
    description="Brings a recording to an integrated loudness by EBU R128 (ITU-R BS.1770) and limits its true peaks. Free.",
    fields=NormalizeRequestSerializer,
    plan=plan_normalisation,
)

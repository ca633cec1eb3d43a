"""POST /v1/audio/trim-silence/: silence cut from the ends, and from long pauses."""

from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.forms import resolve_form
from apps.audio_tools.kinds import TRIM_SILENCE
from apps.audio_tools.serializers import AudioFormSerializer
from apps.core import fields
from apps.jobs.plans import PartPlan
from workers.contract.audio_tools import TrimSilenceWork
from workers.contract.outputs import AUDIO, OutputSpec
from workers.contract.references import StoredObject

ALL = "all"


class TrimSilenceRequestSerializer(AudioFormSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    threshold = fields.FormNumber(
        required=False,
        default=-50.0,
        min_value=-96,
        max_value=-6,
        help_text="dB relative to full scale; what stays below for 10 ms is silence.",
    )
    padding = fields.FormNumber(
        required=False, default=0.1, min_value=0, max_value=10, help_text="Seconds of silence that stay around the sound."
    )
    where = fields.FormChoice(
        choices=["ends", ALL], required=False, default="ends", help_text="`ends`, or `all` to shorten the pauses inside too."
    )
    longest_pause = fields.FormNumber(
        required=False, default=1.0, min_value=0.1, max_value=60, help_text="With `all`: pauses longer than so many seconds are shortened."
    )


def plan_trimming(order: ToolOrder) -> ToolPlan:
    """One part finds the silence and writes the rest."""
    options = order.options
    form, warnings = resolve_form(options, order.source.info)
    work = TrimSilenceWork(
        source=StoredObject(order.source.key),
        source_seconds=order.source.info.audio_seconds,
        form=form,
        threshold_decibels=options["threshold"],
        padding_seconds=options["padding"],
        longest_pause_seconds=options["longest_pause"] if options["where"] == ALL else None,
    )
    part = PartPlan("trim_silence", work, (OutputSpec(AUDIO, form.format, is_kept=True),), units=order.milliseconds)
    return ToolPlan(parts=(part,), output_format=form.format, warnings=warnings)


TRIM_SILENCE_TOOL = AudioTool(
    kind=TRIM_SILENCE,
    path="trim-silence",
    summary="Cut silence",
    description="Cuts the silence before and after the sound, and with `where=all` the long pauses within. Free.",
    fields=TrimSilenceRequestSerializer,
    plan=plan_trimming,
)

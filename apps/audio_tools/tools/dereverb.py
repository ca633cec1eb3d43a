"""POST /v1/audio/dereverb/: less echo and reverberation."""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.engines import find_tool_engine
from apps.audio_tools.kinds import DEREVERB
from apps.audio_tools.serializers import FormNumberChoice, ProcessedFormatSerializer
from apps.audio_tools.stretches import plan_stretches, processed_form
from apps.core import fields
from workers.contract.audio_processing import INTENSITIES, DereverbWork
from workers.contract.outputs import AUDIO
from workers.contract.references import StoredObject

ENGINES: Final = ("wpe",)


class DereverbRequestSerializer(ProcessedFormatSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    type = fields.FormChoice(choices=("echo", "reverb", "both"), required=False, default="both", help_text="What to remove.")
    intensity = FormNumberChoice(choices=INTENSITIES, required=False, default=3, help_text="1 light to 5 strong.")


def check_dereverberation(caller: Caller, options: Mapping[str, Any]) -> None:  # noqa: ARG001 - the declaration's signature
    """Refuse the request if no engine can do it."""
    find_tool_engine("dereverb", names=ENGINES)


def plan_dereverberation(order: ToolOrder) -> ToolPlan:
    """Parts of a dereverberation."""
    form, warnings = processed_form(order.options, order.source.info)
    engine = find_tool_engine("dereverb", names=ENGINES)
    parts = plan_stretches(
        "dereverb",
        order=order,
        form=form,
        outputs=(AUDIO,),
        make_work=lambda stretch, finish: DereverbWork(
            StoredObject(order.source.key),
            engine.id,
            target=order.options["type"],
            intensity=order.options["intensity"],
            stretch=stretch,
            finish=finish,
        ),
    )
    return ToolPlan(parts=parts, output_format=form.format, queue=engine.queue, engine_id=engine.id, warnings=warnings)


DEREVERB_TOOL = AudioTool(
    kind=DEREVERB,
    path="dereverb",
    summary="Remove echo and reverberation",
    description=(
        "Dries speech by weighted prediction error, and for `reverb` and `both` by DeepFilterNet3 too, at the recording's own sample rate and "
        "channels. `echo` removes repetitions 85 to 600 ms late and leaves the room."
    ),
    fields=DereverbRequestSerializer,
    plan=plan_dereverberation,
    check=check_dereverberation,
)

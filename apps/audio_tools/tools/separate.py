"""POST /v1/audio/separate/: music into stems."""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.audio_tools.archives import archive_or_addresses
from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.engines import find_separator, separation_warnings
from apps.audio_tools.kinds import SEPARATE
from apps.audio_tools.serializers import PROCESSED_FORMATS, FormNumberChoice, ProcessedFormatSerializer
from apps.audio_tools.stretches import plan_stretches, processed_form
from apps.core import fields
from apps.speech.serializers import SpeechResultSerializer
from workers.contract.audio_processing import STEM_NAMES, SeparateWork
from workers.contract.references import StoredObject

MANY_STEMS_PRICE: Final = "audio-separate-many"
"""Service whose price applies to more than two stems."""


class SeparateRequestSerializer(ProcessedFormatSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    model = fields.FormName(required=False, default="demucs", max_length=100, help_text="demucs or spleeter.")
    stems = FormNumberChoice(
        choices=tuple(STEM_NAMES),
        required=False,
        default=2,
        help_text="2: vocals, accompaniment; 4: vocals, drums, bass, other; 5: with piano; 6: with guitar and piano.",
    )
    format = fields.FormChoice(choices=PROCESSED_FORMATS, required=False, default="wav", help_text="Format of the stems.")


def check_separation(caller: Caller, options: Mapping[str, Any]) -> None:
    """Refuse an unknown model, and a number of stems that nothing installed makes."""
    find_separator(options["model"], stems=options["stems"], plan=caller.plan)


def plan_separation(order: ToolOrder) -> ToolPlan:
    """Parts of a separation: each stem is an output of its name."""
    options = order.options
    engine = find_separator(options["model"], stems=options["stems"], plan=order.caller.plan)
    form, warnings = processed_form(options, order.source.info)
    parts = plan_stretches(
        "separate",
        order=order,
        form=form,
        outputs=STEM_NAMES[options["stems"]],
        make_work=lambda stretch, finish: SeparateWork(
            StoredObject(order.source.key), engine.id, stems=options["stems"], stretch=stretch, finish=finish
        ),
    )
    return ToolPlan(
        parts=parts,
        output_format=form.format,
        queue=engine.queue,
        engine_id=engine.id,
        asked_model=engine.requested_id,
        price="" if options["stems"] == min(STEM_NAMES) else MANY_STEMS_PRICE,
        warnings=(*separation_warnings(engine, stems=options["stems"]), *warnings),
    )


SEPARATE_TOOL = AudioTool(
    kind=SEPARATE,
    path="separate",
    summary="Separate music into stems",
    description=(
        "Answers with a ZIP archive of the stems at the recording's own sample rate and channels, or, if the request has "
        "`Accept: application/json`, with their addresses under `outputs`. A model that is not installed is replaced by one that is: see "
        "`X-Model-Used` and `warnings`."
    ),
    fields=SeparateRequestSerializer,
    plan=plan_separation,
    check=check_separation,
    content_type="application/zip",
    answer=archive_or_addresses,
    alternative=SpeechResultSerializer,
)

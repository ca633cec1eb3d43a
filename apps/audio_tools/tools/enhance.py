"""POST /v1/audio/enhance/: less noise, clearer speech, more bandwidth."""

from collections.abc import Mapping
from typing import Any, Final

from apps.accounts.callers import Caller
from apps.audio_tools.declaration import AudioTool, ToolOrder, ToolPlan
from apps.audio_tools.engines import find_super_resolution, find_tool_engine
from apps.audio_tools.kinds import ENHANCE
from apps.audio_tools.serializers import FormNumberChoice, ProcessedFormatSerializer
from apps.audio_tools.stretches import plan_stretches, processed_form
from apps.core import fields
from apps.core.errors import InvalidRequestError
from workers.contract import names
from workers.contract.audio_processing import STRENGTHS, EnhanceWork
from workers.contract.outputs import AUDIO
from workers.contract.references import StoredObject

SUPPRESSORS: Final = ("deepfilternet",)
LOUDNESS_LUFS: Final = -16.0
"""Loudness of clear speech: the loud end of AES TD1004's recommendation for streams."""
NO_EXTENSION: Final = "no model for it is installed here (the operator names one in TTSAI_SUPER_RESOLUTION_MODEL)"


class EnhanceRequestSerializer(ProcessedFormatSerializer):
    """Form, or JSON with `file_url` or `upload_id`."""

    denoise = fields.FormFlag(required=False, default=True, help_text="Suppress noise.")
    enhance_clarity = fields.FormFlag(
        required=False, default=True, help_text="High-pass, de-esser, gentle equaliser, and loudness to -16 LUFS."
    )
    super_resolution = fields.FormFlag(
        required=False, default=False, help_text="Extend the bandwidth; only where the operator has a model."
    )
    strength = FormNumberChoice(choices=STRENGTHS, required=False, default=2, help_text="1 light to 3 strong.")


def check_enhancement(caller: Caller, options: Mapping[str, Any]) -> None:  # noqa: ARG001 - the declaration's signature
    """Refuse a request that asks for nothing, or for what nothing installed can do."""
    if options["denoise"]:
        find_tool_engine("enhance", names=SUPPRESSORS)
    elif not options["enhance_clarity"]:
        if not options["super_resolution"]:
            raise InvalidRequestError(
                "Nothing is asked for: set denoise, enhance_clarity or super_resolution to true.", code="nothing_to_do", param="denoise"
            )
        if find_super_resolution() is None:
            raise InvalidRequestError(f"super_resolution: {NO_EXTENSION}.", code="model_not_installed", param="super_resolution")


def plan_enhancement(order: ToolOrder) -> ToolPlan:
    """Parts of an enhancement, and a warning about what is left out."""
    options = order.options
    form, warnings = processed_form(options, order.source.info)
    engine = find_tool_engine("enhance", names=SUPPRESSORS) if options["denoise"] else None
    extension = find_super_resolution() if options["super_resolution"] else None
    if options["super_resolution"] and extension is None:
        warnings = (*warnings, f"super_resolution: {NO_EXTENSION}; the bandwidth stays as it is.")
    chosen = engine or extension
    parts = plan_stretches(
        "enhance",
        order=order,
        form=form,
        outputs=(AUDIO,),
        loudness_lufs=LOUDNESS_LUFS if options["enhance_clarity"] else None,
        make_work=lambda stretch, finish: EnhanceWork(
            StoredObject(order.source.key),
            engine=engine.id if engine else "",
            strength=options["strength"],
            has_clarity=options["enhance_clarity"],
            extension_engine=extension.id if extension else "",
            stretch=stretch,
            finish=finish,
        ),
    )
    return ToolPlan(
        parts=parts,
        output_format=form.format,
        queue=chosen.queue if chosen else names.CODEC_QUEUE,
        engine_id=chosen.id if chosen else "",
        warnings=warnings,
    )


ENHANCE_TOOL = AudioTool(
    kind=ENHANCE,
    path="enhance",
    summary="Enhance speech",
    description=(
        "Suppresses noise (DeepFilterNet3; `strength` 1 to 3 attenuates it by up to 12 dB, 24 dB, or without limit) and makes speech clearer, "
        "at the recording's own sample rate and channels. With `denoise`, frequencies above 24 kHz are lost."
    ),
    fields=EnhanceRequestSerializer,
    plan=plan_enhancement,
    check=check_enhancement,
)

"""Plans the parts of a recording that is processed in stretches, so that a long one uses every worker."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apps.audio_tools.declaration import ToolOrder
from apps.audio_tools.forms import resolve_form
from apps.jobs.plans import PartPlan
from workers.audio.probe import AudioInfo
from workers.contract import names
from workers.contract.audio_processing import STRETCH_FORMAT, AssembleWork, Finish, Stretch
from workers.contract.audio_tools import AudioForm
from workers.contract.codec import Message
from workers.contract.outputs import OutputSpec
from workers.contract.references import PartOutput

STRETCH_CHANNEL_SECONDS = 600
"""Length of a stretch, summed over its channels: one or two CPU minutes of work."""
WHOLE_FACTOR = 1.25
"""Factor of STRETCH_CHANNEL_SECONDS up to which a recording stays whole: two stretches would cost more than they save."""

OWN_SHAPE = {"channels": "", "sample_rate": 0, "bitrate": 0, "bit_depth": 0}
"""Options of AudioFormSerializer for the recording's own rate and channels."""

MakeWork = Callable[[Stretch, Finish | None], Message]


def plan_stretches(
    kind: str, *, order: ToolOrder, form: AudioForm, outputs: Sequence[str], make_work: MakeWork, loudness_lufs: float | None = None
) -> tuple[PartPlan, ...]:
    """Parts of a kind whose work is a stretch; the first of `outputs` is the job's main one."""
    info, finish = order.source.info, Finish(form.format, bitrate=form.bitrate, loudness_lufs=loudness_lufs)
    stretches = cut(info.audio_seconds, channels=form.channels or info.channels)
    mixed = 0 if form.channels in {0, info.channels} else form.channels
    works = [Stretch(start, end, info.audio_seconds, mixed) for start, end in stretches]
    kept = tuple(OutputSpec(name, form.format, is_kept=True) for name in outputs)
    if len(works) == 1:
        return (PartPlan(kind, make_work(works[0], finish), kept, units=order.milliseconds),)
    halfway = tuple(OutputSpec(name, STRETCH_FORMAT) for name in outputs)
    count, parts = len(works), []
    for index, stretch in enumerate(works):
        units = order.milliseconds * (index + 1) // count - order.milliseconds * index // count
        parts.append(PartPlan(kind, make_work(stretch, None), halfway, units=units))
    for output in reversed(kept):  # the last part's first output is the main one
        inputs = tuple(PartOutput(index, output.name) for index in range(count))
        work = AssembleWork(inputs, finish=finish, output=output.name)
        parts.append(PartPlan("assemble", work, (output,), units=0, stage=1, queue=names.CODEC_QUEUE))
    return tuple(parts)


def processed_form(options: Mapping[str, Any], info: AudioInfo) -> tuple[AudioForm, tuple[str, ...]]:
    """Form of processed audio, for the options of ProcessedFormatSerializer, and warnings. 400 for a result that is too large."""
    return resolve_form({**OWN_SHAPE, **options}, info)


def cut(audio_seconds: float, *, channels: int) -> list[tuple[float, float]]:
    """Start and end of each stretch in seconds; the last one ends at 0, the end of the recording."""
    amount = audio_seconds * channels
    count = 1 if amount <= WHOLE_FACTOR * STRETCH_CHANNEL_SECONDS else -int(-amount // STRETCH_CHANNEL_SECONDS)
    edges = [round(audio_seconds * index / count, 3) for index in range(count)]
    return list(zip(edges, [*edges[1:], 0.0], strict=True))

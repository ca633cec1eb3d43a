"""Parts of a job that speaks lines and joins them, also with audio that earlier jobs made. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from django.conf import settings

from apps.jobs.plans import JOIN_SECONDS_PER_PART, AudioSettings, PartPlan
from apps.projects.models import TIMINGS_SUFFIX
from workers.contract import names
from workers.contract.messages import JoinInput, JoinWork
from workers.contract.outputs import AUDIO, TIMINGS, OutputSpec, audio_outputs
from workers.contract.references import PartOutput, StoredObject, replace_references


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAudio:
    """Audio of one line: to be spoken by these parts, or stored already."""

    characters: int
    """Length of the text as it is written, without markup."""
    pause_seconds: float = 0.0
    """Silence after the line."""
    parts: tuple[PartPlan, ...] = ()
    """Parts of a job that would speak the line alone."""
    price_millicredits: int = 0
    output: str = ""
    """Name of the line's audio in the job's result, if the job speaks it."""
    stored: StoredObject | None = None
    stored_timings: StoredObject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSettings:
    audio: AudioSettings
    crossfade_seconds: float = 0.0
    """Fade between lines without a pause between them."""
    title: str = ""
    expected_seconds: float = 0.0


def assemble_parts(lines: Sequence[LineAudio], *, join: JoinSettings | None) -> tuple[PartPlan, ...]:
    """Parts that speak the lines without stored audio, in the order of their stages, then one that joins all lines.

    join: None leaves the lines apart; there must then be one that is spoken.
    """
    spoken = [(number, index) for number, line in enumerate(lines) for index in range(len(line.parts))]
    spoken.sort(key=lambda place: lines[place[0]].parts[place[1]].stage)
    indexes = {place: index for index, place in enumerate(spoken)}
    parts = [_spoken_part(lines[number], number=number, index=index, indexes=indexes) for number, index in spoken]
    if join is None:
        return tuple(parts)
    last = {number: indexes[number, len(line.parts) - 1] for number, line in enumerate(lines) if line.parts}
    return (*parts, _join_part(lines, last=last, join=join, stage=max((part.stage for part in parts), default=-1) + 1))


def _spoken_part(line: LineAudio, *, number: int, index: int, indexes: dict[tuple[int, int], int]) -> PartPlan:
    """One of a line's parts: its references follow the parts to their places, and what it keeps has the line's name."""

    def move(reference: StoredObject | PartOutput) -> StoredObject | PartOutput:
        return replace(reference, index=indexes[number, reference.index]) if isinstance(reference, PartOutput) else reference

    part = line.parts[index]
    work = type(part.work).from_dict(replace_references(part.work.to_dict(), move)) if part.stage else part.work
    outputs = tuple(_named(output, line=line) if output.is_kept else output for output in part.outputs)
    units = sum(one.units for one in line.parts)
    weight = ceil(line.price_millicredits * part.units / units) if line.price_millicredits else None
    return replace(part, work=work, outputs=outputs, weight=weight)


def _named(output: OutputSpec, *, line: LineAudio) -> OutputSpec:
    return replace(output, result_name=line.output + (TIMINGS_SUFFIX if output.name == TIMINGS else ""))


def _join_part(lines: Sequence[LineAudio], *, last: dict[int, int], join: JoinSettings, stage: int) -> PartPlan:
    inputs: list[JoinInput] = []
    characters, pause = 0, 0.0
    for number, line in enumerate(lines):
        audio = line.stored or PartOutput(last[number], AUDIO)
        timings = line.stored_timings if line.stored else PartOutput(last[number], TIMINGS)
        inputs.append(JoinInput(audio, timings, start_character=characters, pause_before=pause))
        characters, pause = characters + line.characters, line.pause_seconds
    work = JoinWork(
        tuple(inputs),
        format=join.audio.format,
        bitrate=join.audio.bitrate,
        sample_rate=join.audio.sample_rate,
        overlap_seconds=join.crossfade_seconds,
        title=join.title,
        expected_seconds=join.expected_seconds,
    )
    limit = max(settings.TTSAI_PART_SECONDS, JOIN_SECONDS_PER_PART * len(inputs))
    outputs = audio_outputs(join.audio.format, is_kept=True)
    return PartPlan("join", work, outputs, units=0, stage=stage, queue=names.CODEC_QUEUE, time_limit_seconds=limit)

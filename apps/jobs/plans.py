"""Plans of parts: pieces of a job's work with the outputs that each makes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from workers.contract import names
from workers.contract.chapters import CHAPTERS, MARKS, Chapter
from workers.contract.codec import Message
from workers.contract.dubbing import CUES
from workers.contract.formats import DOCUMENT
from workers.contract.messages import JoinInput, JoinWork, SpeakWork
from workers.contract.outputs import AUDIO, TIMINGS, OutputSpec, audio_outputs
from workers.contract.references import PartOutput, StoredObject, replace_references

RESERVED_NAMES = frozenset({"manifest", "output", "tts_output"})
"""Names of files that every attempt or download has."""
JOIN_SECONDS_PER_PART = 5
"""Time limit of a join for each part: it takes 0.2 s of computing, as bulk work beside other work."""
_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")


@dataclass(frozen=True, slots=True)
class PartPlan:
    kind: str
    work: Message
    """SpeakWork, JoinWork, …: it refers to stored objects, and to outputs of parts of earlier stages (PartOutput)."""
    outputs: tuple[OutputSpec, ...]
    units: int
    stage: int = 0
    """Stages follow each other: 0, 1, … Those of stage 0 are on the job's queue."""
    queue: str = ""
    """The job's when empty."""
    weight: int | None = None
    """Its share of the price against the other parts' weights (apps/jobs/charges.py); its units when None."""
    time_limit_seconds: int | None = None
    """Longest time of an attempt on a worker; TTSAI_PART_SECONDS when None."""


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """Encoding of a job's audio."""

    format: str
    bitrate: int = 0
    """Bits a second; 0 takes the format's default."""
    sample_rate: int = 0
    """Hz; 0 keeps the source's own."""


def with_join(
    parts: Sequence[PartPlan], *, audio: AudioSettings, chapters: Sequence[Chapter] = (), title: str = "", expected_seconds: float = 0.0
) -> tuple[PartPlan, ...]:
    """The parts, followed by one that joins the audio of those of the last stage.

    chapters: those of the whole text; parts in which some begin declare the output `marks`. expected_seconds: at least the length of the
    audio; 0 if nobody knows.
    """
    stage = max(part.stage for part in parts)
    inputs, characters, least_seconds = [], 0, 0.0
    for index, part in enumerate(parts):
        if part.stage == stage and isinstance(part.work, SpeakWork):
            # Nobody knows yet where a share of a script begins in the whole text.
            timings = PartOutput(index, TIMINGS) if part.work.script is None else None
            marks = PartOutput(index, MARKS) if part.work.marks else None
            cues = PartOutput(index, CUES) if part.work.cues else None
            starts_at = part.work.cues[0].start if part.work.cues else None
            source = PartOutput(index, AUDIO)
            inputs.append(JoinInput(source, timings, start_character=characters, marks=marks, cues=cues, starts_at=starts_at))
            least_seconds = max([least_seconds, *(cue.end for cue in part.work.cues)])
            characters += len(part.work.text or "")  # a part's words count from its own first character
    work = JoinWork(
        tuple(inputs),
        format=audio.format,
        bitrate=audio.bitrate,
        sample_rate=audio.sample_rate,
        chapters=tuple(chapters),
        title=title,
        expected_seconds=max(expected_seconds, least_seconds),
        least_seconds=least_seconds,
    )
    outputs = audio_outputs(audio.format, is_kept=True)
    if chapters:
        outputs = (*outputs, OutputSpec(CHAPTERS, DOCUMENT, is_kept=True))
    if least_seconds:
        outputs = (*outputs, OutputSpec(CUES, DOCUMENT, is_kept=True))
    limit = max(settings.TTSAI_PART_SECONDS, JOIN_SECONDS_PER_PART * len(inputs))
    join = PartPlan("join", work, outputs, units=0, stage=stage + 1, queue=names.CODEC_QUEUE, time_limit_seconds=limit)
    return (*parts, join)


def check_plans(parts: Sequence[PartPlan]) -> None:
    """Raises ValueError for plans that could not be carried out: a programming error, found before the job is accepted."""
    kept = [output.name_in_result for part in parts for output in part.outputs if output.is_kept]
    if len(kept) != len(set(kept)):
        raise ValueError(f"two kept outputs of one job have the same name: {sorted(kept)}")
    if not all(part.outputs for part in parts):
        raise ValueError("a part declares no output")
    main = parts[-1].outputs[0]
    if not main.is_kept or main.is_optional:
        raise ValueError("the main output of the last part is not kept, or optional: the job might have no result")
    for part in parts:
        _check_names(part)
        if part.stage:  # the first stage has nothing to refer to, and the longest work
            _check_references(part, parts=parts)


def _check_names(part: PartPlan) -> None:
    given = [output.name for output in part.outputs]
    if len(given) != len(set(given)):
        raise ValueError(f"two outputs of a part have the same name: {given}")
    for name in {*given, *(output.name_in_result for output in part.outputs)}:
        if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
            raise ValueError(f"{name!r} is no name for an output: 1 to 100 letters, digits and _, none of {sorted(RESERVED_NAMES)}")


def _check_references(part: PartPlan, *, parts: Sequence[PartPlan]) -> None:
    def check(reference: StoredObject | PartOutput) -> StoredObject | PartOutput:
        if isinstance(reference, PartOutput):
            source = parts[reference.index] if 0 <= reference.index < len(parts) else None
            if source is None or source.stage >= part.stage or reference.name not in {output.name for output in source.outputs}:
                raise ValueError(f"{reference} is no output of a part of an earlier stage")
        return reference

    replace_references(part.work.to_dict(), check)

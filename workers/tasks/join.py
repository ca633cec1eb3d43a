"""Joins finished parts to one file, and their timings to one list, part by part: memory does not grow with the length."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from workers.audio.convert import join_files
from workers.audio.encoding import EncodingOptions
from workers.contract.chapters import CHAPTERS, ChapterTime
from workers.contract.dubbing import CUES
from workers.contract.messages import JoinInput, JoinWork, Manifest
from workers.contract.outputs import AUDIO, TIMINGS
from workers.parts import PartRun
from workers.storage import Storage
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format, read_list
from workers.tasks.stepwise import LONG_SECONDS, compute_stepwise

SHORT_JOIN_INPUTS = 8
"""Parts of a join that is not bulk work: about four minutes of speech, joined in a second."""


def join(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `join`. Raises WorkError, PartStoppedError."""
    work = JoinWork.from_dict(run.message.work)
    check_format(work.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    marks = _read_marks(work, storage=context.storage)
    chapters: list[ChapterTime] = []

    def time_chapters(starts: Sequence[float], seconds: float) -> list[ChapterTime]:
        chapters.extend(_chapters(work, marks=marks, starts=starts, seconds=seconds))
        return chapters

    with outputs.open(AUDIO) as output:
        steps = join_files(
            (context.storage.read(part.audio) for part in work.inputs),
            output.path,
            audio_format=work.format,
            options=EncodingOptions(
                sample_rate=work.sample_rate,
                bitrate=work.bitrate,
                tags={"title": work.title} if work.title else {},
                chapter_titles=tuple(chapter.title for chapter in work.chapters),
                expected_seconds=work.expected_seconds,
            ),
            overlap_seconds=work.overlap_seconds,
            starts_at=[part.starts_at for part in work.inputs],
            pauses=[part.pause_before for part in work.inputs],
            least_seconds=work.least_seconds,
            chapters=time_chapters,
        )
        seconds = 0.0 if len(work.inputs) <= SHORT_JOIN_INPUTS else LONG_SECONDS + 1
        joined = compute_stepwise(run, context=context, steps=steps, seconds=seconds)
        output.describe_audio(seconds=joined.file.seconds, sample_rate=joined.file.sample_rate)
    words = _join_timings(run, work.inputs, starts=joined.part_starts, storage=context.storage)
    first = list(itertools.islice(words, 1))
    if first and outputs.is_wanted(TIMINGS):
        outputs.write_json_list(TIMINGS, itertools.chain(first, words))
    if outputs.is_wanted(CUES):
        outputs.write_json_list(CUES, _join_cues(work.inputs, starts=joined.part_starts, storage=context.storage))
    if chapters and outputs.is_wanted(CHAPTERS):
        outputs.write_json(CHAPTERS, [chapter.to_dict() for chapter in chapters])
    return outputs.finish()


def _join_timings(run: PartRun, inputs: tuple[JoinInput, ...], *, starts: Sequence[float], storage: Storage) -> Iterator[dict[str, Any]]:
    """Words of all inputs with times and character offsets of the whole."""
    for part, start in zip(inputs, starts, strict=True):
        run.check()
        for word in read_list(part.timings, storage=storage):
            yield _move(word, seconds=start, characters=part.start_character)


def _join_cues(inputs: tuple[JoinInput, ...], *, starts: Sequence[float], storage: Storage) -> Iterator[dict[str, Any]]:
    """Subtitles of all inputs with times of the whole."""
    for part, start in zip(inputs, starts, strict=True):
        for cue in read_list(part.cues, storage=storage):
            yield {**cue, "spoken_start": round(cue["spoken_start"] + start, 3), "spoken_end": round(cue["spoken_end"] + start, 3)}


def _move(word: dict[str, Any], *, seconds: float, characters: int) -> dict[str, Any]:
    return {
        **word,
        "start": round(word["start"] + seconds, 4),
        "end": round(word["end"] + seconds, 4),
        "start_character": word["start_character"] + characters,
        "end_character": word["end_character"] + characters,
    }


def _read_marks(work: JoinWork, *, storage: Storage) -> list[tuple[int, float]]:
    """Input and seconds within it at which each chapter begins, in order."""
    return [
        (index, float(seconds))
        for index, part in enumerate(work.inputs)
        if part.marks is not None
        for seconds in read_list(part.marks, storage=storage)
    ]


def _chapters(work: JoinWork, *, marks: list[tuple[int, float]], starts: Sequence[float], seconds: float) -> Iterator[ChapterTime]:
    """Chapters with their times; the first begins with the audio, and each ends where the next begins."""
    if not work.chapters:
        return
    begun = [starts[index] + mark for index, mark in marks][: len(work.chapters)]
    for chapter, start, end in zip(work.chapters, [0.0, *begun[1:]], [*begun[1:], seconds], strict=True):
        yield ChapterTime(chapter.title, round(start, 3), round(end, 3))

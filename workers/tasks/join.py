"""Joins finished parts to one file, and their timings to one list."""

from contextlib import ExitStack
from typing import Any

from workers.audio.convert import JoinedFile, join_files
from workers.contract.messages import JoinInput, JoinWork, Manifest
from workers.contract.outputs import AUDIO, TIMINGS
from workers.parts import PartRun
from workers.storage import Storage
from workers.tasks.context import WorkerContext
from workers.tasks.recode import recode
from workers.tasks.results import OutputWriter, check_format, read_timings


def join(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `join`. Raises WorkError, PartStoppedError."""
    work = JoinWork.from_dict(run.message.work)
    check_format(work.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    with ExitStack() as stack, outputs.open(AUDIO) as output:
        sources = [stack.enter_context(context.storage.read(part.audio)) for part in work.inputs]
        joined = recode(
            run,
            context=context,
            sources=sources,
            work=lambda: join_files(
                sources,
                output.path,
                audio_format=work.format,
                sample_rate=work.sample_rate,
                bitrate=work.bitrate,
                overlap_seconds=work.overlap_seconds,
            ),
        )
        output.describe_audio(seconds=joined.file.seconds, sample_rate=joined.file.sample_rate)
    words = _join_timings(work.inputs, joined=joined, storage=context.storage)
    if words and outputs.is_wanted(TIMINGS):
        outputs.write_json(TIMINGS, words)
    return outputs.finish()


def _join_timings(inputs: tuple[JoinInput, ...], *, joined: JoinedFile, storage: Storage) -> list[dict[str, Any]]:
    """Words of all inputs with times and character offsets of the whole."""
    words = []
    start_seconds = 0.0
    for part, seconds in zip(inputs, joined.part_seconds, strict=True):
        words += [
            _move(word, seconds=start_seconds, characters=part.start_character) for word in read_timings(part.timings, storage=storage)
        ]
        start_seconds += seconds
    return words


def _move(word: dict[str, Any], *, seconds: float, characters: int) -> dict[str, Any]:
    return {
        **word,
        "start": round(word["start"] + seconds, 4),
        "end": round(word["end"] + seconds, 4),
        "start_character": word["start_character"] + characters,
        "end_character": word["end_character"] + characters,
    }

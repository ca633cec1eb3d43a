"""Converts a file to another format."""

from workers.audio.convert import convert_file
from workers.contract.chapters import ChapterTime
from workers.contract.messages import ConvertWork, Manifest
from workers.contract.outputs import AUDIO
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.recode import LONG_BYTES
from workers.tasks.results import OutputWriter, check_format, read_list
from workers.tasks.stepwise import LONG_SECONDS, compute_stepwise


def convert(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `convert`. Raises WorkError, PartStoppedError."""
    work = ConvertWork.from_dict(run.message.work)
    check_format(work.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    chapters = [ChapterTime.from_dict(one) for one in read_list(work.chapters, storage=context.storage)]
    with context.storage.read(work.source) as source, outputs.open(AUDIO) as output:
        steps = convert_file(
            source, output.path, audio_format=work.format, sample_rate=work.sample_rate, bitrate=work.bitrate, chapters=chapters
        )
        is_long = source.stat().st_size > LONG_BYTES
        encoded = compute_stepwise(run, context=context, steps=steps, seconds=LONG_SECONDS + 1 if is_long else 0.0)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish()

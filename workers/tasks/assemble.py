"""Joins the processed stretches of a long recording to one file."""

from contextlib import ExitStack

from workers.audio.stretches import finish_recording
from workers.contract.audio_processing import AssembleWork
from workers.contract.messages import Manifest
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format
from workers.tasks.stepwise import LONG_SECONDS, compute_stepwise


def assemble(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `assemble`. Raises WorkError, PartStoppedError."""
    work = AssembleWork.from_dict(run.message.work)
    check_format(work.finish.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    with ExitStack() as stack, outputs.open(work.output) as output:
        sources = [stack.enter_context(context.storage.read(source)) for source in work.inputs]
        steps = finish_recording(sources, output.path, finish=work.finish)
        encoded = compute_stepwise(run, context=context, steps=steps, seconds=LONG_SECONDS + 1)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish()

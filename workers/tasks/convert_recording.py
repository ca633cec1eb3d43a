"""Converts a customer's recording to another form."""

from workers.audio.recordings import decoding_limits
from workers.audio.rewriting import rewrite
from workers.contract.audio_tools import ConvertRecordingWork
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format
from workers.tasks.stepwise import compute_stepwise


def convert_recording(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `convert_recording`. Raises WorkError, PartStoppedError."""
    work = ConvertRecordingWork.from_dict(run.message.work)
    check_format(work.form.format)
    outputs = OutputWriter(run.message, storage=context.storage)
    with context.storage.read(work.source) as source, outputs.open(AUDIO) as output:
        steps = rewrite(source, output.path, form=work.form, limits=decoding_limits(work.source_seconds))
        encoded = compute_stepwise(run, context=context, steps=steps, seconds=work.source_seconds)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish(units_done=round(work.source_seconds * 1000))

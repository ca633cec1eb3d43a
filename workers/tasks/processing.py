"""Steps that enhance, dereverb and separate share: process a stretch, finish it if it is the whole recording, store it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workers.audio.encoding import EncodedFile
from workers.audio.stretches import OpenStream, Steps, finish_recording, process_stretch
from workers.contract.audio_processing import Finish, Stretch
from workers.contract.messages import Manifest
from workers.contract.outputs import AUDIO
from workers.contract.references import Reference
from workers.parts import PartRun
from workers.tasks.context import WorkerContext
from workers.tasks.results import OutputWriter, check_format
from workers.tasks.stepwise import compute_stepwise


def process(source: Path, target: Path, *, stretch: Stretch, finish: Finish | None, open_stream: OpenStream) -> Steps[EncodedFile]:
    """Process a stretch to a file for an `assemble` part, or a whole recording to its final form."""
    return (yield from process_all(source, [target], stretch=stretch, finish=finish, open_stream=open_stream))[0]


def process_all(
    source: Path, targets: Sequence[Path], *, stretch: Stretch, finish: Finish | None, open_stream: OpenStream
) -> Steps[list[EncodedFile]]:
    """Process a recording to several files that share the channels of the stream's result."""
    if finish is None:
        return (yield from process_stretch(source, targets, stretch=stretch, open_stream=open_stream))
    check_format(finish.format)
    with _beside(targets) as halfway:
        processed = yield from process_stretch(source, halfway, stretch=stretch, open_stream=open_stream)
        done = processed[0].seconds
        finished = []
        for made, target in zip(halfway, targets, strict=True):
            finished.append((yield from finish_recording([made], target, finish=finish, done_seconds=done)))
        return finished


def store_processed(
    run: PartRun, *, context: WorkerContext, source: Reference, stretch: Stretch, steps: Callable[[Path, Path], Steps[EncodedFile]]
) -> Manifest:
    """Run the steps from the customer's file to the output `audio`, and store it. Raises WorkError, PartStoppedError."""
    outputs = OutputWriter(run.message, storage=context.storage)
    with context.storage.read(source) as path, outputs.open(AUDIO) as output:
        encoded = compute_stepwise(run, context=context, steps=steps(path, output.path), seconds=stretch.source_seconds)
        output.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish(units_done=run.units_done)


@contextmanager
def _beside(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Paths for files between two steps, beside the outputs: the suffix lets the store remove them after a crash."""
    paths = [target.with_name(f"{uuid.uuid4().hex}{target.suffix}") for target in targets]
    try:
        yield paths
    finally:
        for path in paths:
            path.unlink(missing_ok=True)

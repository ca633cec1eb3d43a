"""Removes echo and reverberation from a recording, or a stretch of a long one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.audio.encoding import EncodedFile
from workers.audio.streams import AudioStream
from workers.audio.stretches import OpenStream, Shape, Steps
from workers.contract.audio_processing import DereverbWork
from workers.contract.messages import Manifest
from workers.enhancement.resampling import at_rate
from workers.parts import PartRun
from workers.protocols.dereverberator import as_dereverberator
from workers.tasks.context import WorkerContext
from workers.tasks.processing import process, store_processed


def dereverb(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `dereverb`. Raises WorkError, PartStoppedError."""
    work = DereverbWork.from_dict(run.message.work)

    def steps(source: Path, target: Path) -> Steps[EncodedFile]:
        with _opener(work, context=context) as open_stream:
            return (yield from process(source, target, stretch=work.stretch, finish=work.finish, open_stream=open_stream))

    return store_processed(run, context=context, source=work.source, stretch=work.stretch, steps=steps)


@contextmanager
def _opener(work: DereverbWork, *, context: WorkerContext) -> Iterator[OpenStream]:
    """Opens the engine's stream at any rate, inside the block."""
    with context.models.use(work.engine) as model:
        engine = as_dereverberator(model)

        def open_stream(shape: Shape) -> tuple[AudioStream, Shape]:
            stream = engine.open_stream(channels=shape.channels, target=work.target, intensity=work.intensity)
            return at_rate(stream, shape=shape, sample_rate=engine.spec.sample_rate), shape

        yield open_stream

"""Separates a recording into stems, or a stretch of a long one."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from workers.audio.encoding import EncodedFile
from workers.audio.streams import AudioStream, Frames, OverlappedBlocks
from workers.audio.stretches import OpenStream, Shape, Steps
from workers.contract.audio_processing import SeparateWork
from workers.contract.messages import Manifest
from workers.enhancement.resampling import at_rate
from workers.parts import PartRun
from workers.protocols.separator import CHANNELS, Separator, as_separator, check_stems
from workers.tasks.context import WorkerContext
from workers.tasks.processing import process_all
from workers.tasks.results import OutputWriter
from workers.tasks.stepwise import compute_stepwise

PAIRS: Final = MappingProxyType(
    {
        1: ((0,),),
        2: ((0, 1),),
        3: ((0, 1), (2,)),
        4: ((0, 1), (2, 3)),
        5: ((0, 1), (2,), (3, 4)),
        6: ((0, 1), (2,), (3,), (4, 5)),
        7: ((0, 1), (2,), (3,), (4,), (5, 6)),
        8: ((0, 1), (2,), (3,), (4, 5), (6, 7)),
    }
)
"""Channels that are separated together, by number of channels in FFmpeg's usual layouts: sides in pairs, centre and bass alone."""


def separate(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `separate`. Raises WorkError, PartStoppedError."""
    work = SeparateWork.from_dict(run.message.work)
    outputs = OutputWriter(run.message, storage=context.storage)
    with ExitStack() as stack:
        with context.models.use(work.engine) as model:
            names = check_stems(model.spec, stems=work.stems)
        source = stack.enter_context(context.storage.read(work.source))
        files = [stack.enter_context(outputs.open(name)) for name in names]
        steps = _steps(work, source, [file.path for file in files], names=names, context=context)
        for file, encoded in zip(
            files, compute_stepwise(run, context=context, steps=steps, seconds=work.stretch.source_seconds), strict=True
        ):
            file.describe_audio(seconds=encoded.seconds, sample_rate=encoded.sample_rate)
    return outputs.finish(units_done=run.units_done)


def _steps(
    work: SeparateWork, source: Path, targets: Sequence[Path], *, names: Sequence[str], context: WorkerContext
) -> Steps[list[EncodedFile]]:
    with _opener(work, names=names, context=context) as open_stream:
        return (yield from process_all(source, targets, stretch=work.stretch, finish=work.finish, open_stream=open_stream))


@contextmanager
def _opener(work: SeparateWork, *, names: Sequence[str], context: WorkerContext) -> Iterator[OpenStream]:
    """Opens a stream from frames at any rate to the channels of all stems, one stem after the other, inside the block."""
    with context.models.use(work.engine) as model:
        engine = as_separator(model)
        rate = engine.spec.sample_rate

        def open_stream(shape: Shape) -> tuple[AudioStream, Shape]:
            channels = shape.channels * len(names)
            stream = OverlappedBlocks(
                lambda frames: _separate_channels(engine, frames, names=names),
                channels=channels,
                block=round(engine.block_seconds * rate),
                overlap=round(engine.overlap_seconds * rate),
            )
            return at_rate(stream, shape=shape, sample_rate=rate, channels=channels), Shape(shape.sample_rate, channels)

        yield open_stream


def _separate_channels(engine: Separator, frames: Frames, *, names: Sequence[str]) -> Frames:
    """Stems of frames [n, channels] beside each other, [n, stems * channels]."""
    made = np.zeros((len(frames), len(names), frames.shape[1]), np.float32)
    for pair in PAIRS[frames.shape[1]]:
        stems = engine.separate(np.ascontiguousarray(frames[:, [pair[0], pair[-1]]]), stems=len(names))
        for index, name in enumerate(names):
            made[:, index, list(pair)] = stems[name] if len(pair) == CHANNELS else stems[name].mean(axis=1, keepdims=True)
    return made.reshape(len(frames), -1)

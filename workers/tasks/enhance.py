"""Enhances a recording, or a stretch of a long one: noise, bandwidth, clarity."""

from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workers.audio.encoding import EncodedFile
from workers.audio.streams import AudioStream, Chain
from workers.audio.stretches import Shape, Steps
from workers.contract.audio_processing import EnhanceWork
from workers.contract.messages import Manifest
from workers.enhancement.clarity import ClarityStream
from workers.enhancement.resampling import ResamplingStream, at_rate
from workers.model_manager import ModelManager
from workers.parts import PartRun
from workers.protocols.enhancer import as_enhancer
from workers.tasks.context import WorkerContext
from workers.tasks.processing import process, store_processed

CLARITY_DEPTHS: Final = MappingProxyType({1: 0.6, 2: 1.0, 3: 1.4})
"""Factor of the equaliser's gains by strength."""


def enhance(run: PartRun, *, context: WorkerContext) -> Manifest:
    """Run a part of kind `enhance`. Raises WorkError, PartStoppedError."""
    work = EnhanceWork.from_dict(run.message.work)

    def steps(source: Path, target: Path) -> Steps[EncodedFile]:
        with ExitStack() as stack:
            return (
                yield from process(
                    source,
                    target,
                    stretch=work.stretch,
                    finish=work.finish,
                    open_stream=lambda shape: open_stream(work, shape=shape, models=context.models, stack=stack),
                )
            )

    return store_processed(run, context=context, source=work.source, stretch=work.stretch, steps=steps)


def open_stream(work: EnhanceWork, *, shape: Shape, models: ModelManager, stack: ExitStack) -> tuple[AudioStream, Shape]:
    """Stream of everything that is asked for, and the shape of its result. The engines stay in memory until the stack closes."""
    streams: list[AudioStream] = []
    if work.engine:
        engine = as_enhancer(stack.enter_context(models.use(work.engine)))
        streams.append(
            at_rate(engine.open_stream(channels=shape.channels, strength=work.strength), shape=shape, sample_rate=engine.spec.sample_rate)
        )
    if work.extension_engine:
        engine = as_enhancer(stack.enter_context(models.use(work.extension_engine)))
        rate = engine.spec.sample_rate
        if shape.sample_rate != rate:
            streams.append(ResamplingStream(channels=shape.channels, input_rate=shape.sample_rate, output_rate=rate))
        streams.append(engine.open_stream(channels=shape.channels, strength=work.strength))
        shape = Shape(rate, shape.channels)
    if work.has_clarity:
        streams.append(ClarityStream(sample_rate=shape.sample_rate, channels=shape.channels, depth=CLARITY_DEPTHS[work.strength]))
    return Chain(streams), shape

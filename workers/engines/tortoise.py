"""Tortoise (James Betker): slow, natural English with the voice of a recording. Optional: tortoise-tts and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import CachedHubFiles, Package, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

REFERENCE_RATE: Final = 22_050
"""Hz, in which the library wants recordings."""
SAMPLE_RATE: Final = 24_000
PRESET: Final = "fast"


class TortoiseEngine(ReferenceSpeechEngine):
    spec = cloning_spec(
        "tortoise",
        "Tortoise",
        version="3.0.0",
        description="Tortoise: natural English with the voice of a recording, several times slower than real time",
        licence="Apache-2.0",
        languages=("en",),
        sample_rate=SAMPLE_RATE,
    )
    library = Package("tortoise-tts", "3.0.0", "tortoise")
    weights = (
        CachedHubFiles(
            "Manmay/tortoise-tts",
            ("autoregressive.pth", "clvp2.pth", "diffusion_decoder.pth", "vocoder.pth", "rlg_auto.pth", "rlg_diffuser.pth"),
            cache="tortoise",
        ),
    )
    longest_characters = 200

    def open_model(self, folder: Path) -> Any:
        """tortoise.api.TextToSpeech."""
        device = torch_device()
        return import_library("tortoise.api").TextToSpeech(models_dir=str(folder), kv_cache=True, half=device == "cuda", device=device)

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        recording = import_library("tortoise.utils.audio").load_audio(str(request.reference), REFERENCE_RATE)
        made = model.tts_with_preset(request.text, preset=PRESET, voice_samples=[recording], use_deterministic_seed=0, verbose=False)
        return made, SAMPLE_RATE


def build_engines() -> list[Model]:
    return [TortoiseEngine()]

"""Chatterbox Multilingual (Resemble AI): speaks 23 languages with the voice of a recording. Optional: chatterbox-tts and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import HubWeights, Package, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

LANGUAGES: Final = (
    "ar",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fi",
    "fr",
    "he",
    "hi",
    "it",
    "ja",
    "ko",
    "ms",
    "nl",
    "no",
    "pl",
    "pt",
    "ru",
    "sv",
    "sw",
    "tr",
    "zh",
)
"""chatterbox.mtl_tts.SUPPORTED_LANGUAGES."""


class ChatterboxEngine(ReferenceSpeechEngine):
    """Its output carries Perth's watermark already: the library marks what it makes."""

    spec = cloning_spec(
        "chatterbox",
        "Chatterbox",
        version="0.1.7-mtl-v2",
        description="Chatterbox Multilingual: natural speech with the voice of a recording",
        licence="MIT",
        languages=LANGUAGES,
        sample_rate=24_000,
    )
    library = Package("chatterbox-tts", "0.1.7", "chatterbox")
    weights = (
        HubWeights(
            "ResembleAI/chatterbox",
            "chatterbox",
            ("ve.pt", "t3_mtl23ls_v2.safetensors", "s3gen.pt", "grapheme_mtl_merged_expanded_v1.json", "conds.pt"),
        ),
    )

    def open_model(self, folder: Path) -> Any:
        """chatterbox.mtl_tts.ChatterboxMultilingualTTS."""
        return import_library("chatterbox.mtl_tts").ChatterboxMultilingualTTS.from_local(folder, torch_device())

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        return model.generate(request.text, language_id=request.language, audio_prompt_path=str(request.reference)), model.sr


def build_engines() -> list[Model]:
    return [ChatterboxEngine()]

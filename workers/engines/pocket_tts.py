"""Pocket TTS (Kyutai): speaks English with the voice of a recording, on a processor. Optional: pocket-tts and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import CachedHubFiles, Package, import_library
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

MODEL: Final = "english"
"""Configuration of pocket-tts 4.0.1, which names the revisions below."""


class PocketTtsEngine(ReferenceSpeechEngine):
    """The weights that imitate voices are gated: their licence is accepted on the hub, and `hf auth login` proves it."""

    spec = cloning_spec(
        "pocket-tts",
        "Pocket TTS",
        version="4.0.1",
        description="Pocket TTS: English with the voice of a recording, faster than real time on a processor",
        licence="MIT; weights CC BY 4.0",
        suggested_tier="standard",
        languages=("en",),
        sample_rate=24_000,
        memory_bytes=1 << 30,
    )
    library = Package("pocket-tts", "4.0.1", "pocket_tts")
    weights = (
        CachedHubFiles("kyutai/pocket-tts", ("languages/english/model.safetensors",), "db04f0e653473e5c7333c69686ac92b7460b0c1d"),
        CachedHubFiles(
            "kyutai/pocket-tts-without-voice-cloning",
            ("languages/english/tokenizer.json",),
            "00eac05ed3d16bdc3f6b5d598874019c34a89214",
        ),
    )

    def open_model(self, folder: Path) -> Any:  # noqa: ARG002 - the library finds its files in the hub's cache
        """pocket_tts.TTSModel, which runs on the processor."""
        return import_library("pocket_tts").TTSModel.load_model(language=MODEL)

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        state = model.get_state_for_audio_prompt(request.reference, truncate=True)
        return model.generate_audio(model_state=state, text_to_generate=request.text), model.sample_rate


def build_engines() -> list[Model]:
    return [PocketTtsEngine()]

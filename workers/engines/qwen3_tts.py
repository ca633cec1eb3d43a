"""Qwen3-TTS (Alibaba): speaks ten languages with the voice of a recording. Optional: qwen-tts and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import HubWeights, Package, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

LANGUAGES: Final = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
    "zh": "Chinese",
}
"""The library's names of languages by primary tag."""


class Qwen3TtsEngine(ReferenceSpeechEngine):
    """Engine that, with the recording's words, continues the recording; without them takes the speaker's embedding alone."""

    spec = cloning_spec(
        "qwen3-tts",
        "Qwen3-TTS",
        version="0.1.1-0.6b",
        description="Qwen3-TTS: ten languages with the voice of a recording",
        licence="Apache-2.0",
        languages=tuple(LANGUAGES),
        sample_rate=24_000,
    )
    library = Package("qwen-tts", "0.1.1", "qwen_tts")
    weights = (HubWeights("Qwen/Qwen3-TTS-12Hz-0.6B-Base", "qwen3-tts", ("config.json", "model.safetensors", "speech_tokenizer")),)

    def open_model(self, folder: Path) -> Any:
        """qwen_tts.Qwen3TTSModel."""
        device, torch = torch_device(), import_library("torch")
        dtype = torch.bfloat16 if device == "cuda" else torch.float32
        return import_library("qwen_tts").Qwen3TTSModel.from_pretrained(str(folder), device_map=device, dtype=dtype)

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        made, sample_rate = model.generate_voice_clone(
            text=request.text,
            language=LANGUAGES[request.language],
            ref_audio=str(request.reference),
            ref_text=request.transcript or None,
            x_vector_only_mode=not request.transcript,
        )
        return made[0], sample_rate


def build_engines() -> list[Model]:
    return [Qwen3TtsEngine()]

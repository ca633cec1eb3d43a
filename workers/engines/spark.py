"""Spark-TTS (SparkAudio): speaks with the voice of a recording. Optional: a checkout of the library, and its weights."""

from pathlib import Path
from typing import Any

from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model


class SparkEngine(ReferenceSpeechEngine):
    spec = cloning_spec(
        "spark",
        "Spark-TTS",
        version="2f1ea90",
        description="Spark-TTS: Chinese and English with the voice of a recording",
        licence="Apache-2.0; weights CC BY-NC-SA 4.0, for no commercial use",
        languages=("en", "zh"),
        sample_rate=16_000,
    )
    library = Checkout(
        "https://github.com/SparkAudio/Spark-TTS",
        "2f1ea9082400547242641f5271b6f941c9f439d1",
        "spark-tts",
        probe="cli/SparkTTS.py",
        module="transformers",
    )
    weights = (HubWeights("SparkAudio/Spark-TTS-0.5B", "spark", ("config.yaml", "LLM", "BiCodec", "wav2vec2-large-xlsr-53")),)

    def open_model(self, folder: Path) -> Any:
        """cli.SparkTTS.SparkTTS."""
        return import_library("cli.SparkTTS").SparkTTS(folder, device=import_library("torch").device(torch_device()))

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        made = model.inference(request.text, prompt_speech_path=request.reference, prompt_text=request.transcript or None)
        return made, model.sample_rate


def build_engines() -> list[Model]:
    return [SparkEngine()]

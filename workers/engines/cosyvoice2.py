"""CosyVoice 2 (FunAudioLLM): speaks with the voice of a recording. Optional: a checkout of the library, and its weights."""

from pathlib import Path
from typing import Any

from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model


class CosyVoice2Engine(ReferenceSpeechEngine):
    """Engine that, with the recording's words, continues the recording; without them takes the voice alone."""

    spec = cloning_spec(
        "cosyvoice2",
        "CosyVoice 2",
        version="ace7c47",
        description="CosyVoice 2: Chinese, English, Japanese and Korean with the voice of a recording",
        licence="Apache-2.0",
        suggested_tier="standard",
        languages=("en", "ja", "ko", "zh"),
        sample_rate=24_000,
    )
    library = Checkout(
        "https://github.com/FunAudioLLM/CosyVoice",
        "ace7c47f41bbd303aa6bf1ea80e6f9fbd595cd40",
        "cosyvoice",
        probe="cosyvoice/cli/cosyvoice.py",
        search_paths=("", "third_party/Matcha-TTS"),
    )
    weights = (HubWeights("FunAudioLLM/CosyVoice2-0.5B", "cosyvoice2", ("cosyvoice2.yaml", "llm.pt", "flow.pt", "hift.pt")),)
    has_speed = True

    def open_model(self, folder: Path) -> Any:
        """cosyvoice.cli.cosyvoice.CosyVoice2."""
        return import_library("cosyvoice.cli.cosyvoice").CosyVoice2(str(folder), fp16=torch_device() == "cuda")

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        """Concatenated pieces: the library cuts long sentences itself."""
        torch, recording = import_library("torch"), str(request.reference)
        if request.transcript:
            pieces = model.inference_zero_shot(request.text, request.transcript, recording, stream=False, speed=request.speed)
        else:
            pieces = model.inference_cross_lingual(request.text, recording, stream=False, speed=request.speed)
        return torch.cat([piece["tts_speech"] for piece in pieces], dim=1), model.sample_rate


def build_engines() -> list[Model]:
    return [CosyVoice2Engine()]

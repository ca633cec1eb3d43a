"""F5-TTS (SWivid): speaks with the voice of a recording. Optional: f5-tts and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import HubWeights, Package, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model
from workers.weights.store import WeightStore

CHECKPOINT: Final = "F5TTS_v1_Base/model_1250000.safetensors"
VOCABULARY: Final = "F5TTS_v1_Base/vocab.txt"
VOCODER: Final = "f5-vocos"


class F5Engine(ReferenceSpeechEngine):
    """Engine whose library transcribes a recording without words, by a recogniser that it downloads at the first such sentence."""

    spec = cloning_spec(
        "f5",
        "F5-TTS",
        version="1.1.22-v1-base",
        description="F5-TTS: Chinese and English with the voice of a recording",
        licence="MIT; weights CC BY-NC 4.0, for no commercial use",
        languages=("en", "zh"),
        sample_rate=24_000,
    )
    library = Package("f5-tts", "1.1.22", "f5_tts")
    weights = (
        HubWeights("SWivid/F5-TTS", "f5", (CHECKPOINT, VOCABULARY)),
        HubWeights("charactr/vocos-mel-24khz", VOCODER, ("config.yaml", "pytorch_model.bin")),
    )
    has_speed = True

    def open_model(self, folder: Path) -> Any:
        """f5_tts.api.F5TTS."""
        return import_library("f5_tts.api").F5TTS(
            model="F5TTS_v1_Base",
            ckpt_file=str(folder / CHECKPOINT),
            vocab_file=str(folder / VOCABULARY),
            vocoder_local_path=str(WeightStore.default().folder(VOCODER)),
            device=torch_device(),
        )

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        made, sample_rate, _ = model.infer(
            str(request.reference), request.transcript, request.text, show_info=_ignore, progress=None, speed=request.speed, seed=0
        )
        return made, sample_rate


def _ignore(*_: object) -> None:
    """Take the library's progress messages."""


def build_engines() -> list[Model]:
    return [F5Engine()]

"""IndexTTS 2 (Bilibili): speaks with the voice of a recording. Optional: a checkout of the library, and its weights."""

from pathlib import Path
from typing import Any

from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model


class IndexTts2Engine(ReferenceSpeechEngine):
    """Further models (w2v-bert, MaskGCT's codec, CAM++, BigVGAN) are downloaded by the library at its first load, below its weights."""

    spec = cloning_spec(
        "indextts2",
        "IndexTTS 2",
        version="ee40fa7",
        description="IndexTTS 2: expressive Chinese and English with the voice of a recording",
        licence="Bilibili IndexTTS licence, for commercial use on request",
        languages=("en", "zh"),
        sample_rate=22_050,
        memory_bytes=10 << 30,
    )
    library = Checkout(
        "https://github.com/index-tts/index-tts",
        "ee40fa7d6c6b8a2c7f06105f9f1e65775b74868c",
        "index-tts",
        probe="indextts/infer_v2.py",
        module="transformers",
    )
    weights = (HubWeights("IndexTeam/IndexTTS-2", "indextts2", ("config.yaml", "gpt.pth", "s2mel.pth", "bpe.model")),)

    def open_model(self, folder: Path) -> Any:
        """indextts.infer_v2.IndexTTS2, without its model of emotions in words, which is not used."""
        device = torch_device()
        return import_library("indextts.infer_v2").IndexTTS2(
            cfg_path=str(folder / "config.yaml"), model_dir=str(folder), use_fp16=device == "cuda", device=device, use_qwen_emo=False
        )

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        sample_rate, samples = model.infer(spk_audio_prompt=str(request.reference), text=request.text, output_path=None)
        return samples, sample_rate


def build_engines() -> list[Model]:
    return [IndexTts2Engine()]

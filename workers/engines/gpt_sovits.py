"""GPT-SoVITS v2 (RVC-Boss): speaks with the voice of a recording. Optional: a checkout of the library, and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

WEIGHTS: Final = {
    "t2s_weights_path": "gsv-v2final-pretrained/s1bert25hz-5kh-longer-epoch=12-step=369668.ckpt",
    "vits_weights_path": "gsv-v2final-pretrained/s2G2333k.pth",
    "cnhuhbert_base_path": "chinese-hubert-base",
    "bert_base_path": "chinese-roberta-wwm-ext-large",
}
"""Names in TTS_Config, and files or folders of the weights' repository."""


class GptSovitsEngine(ReferenceSpeechEngine):
    """Version 2, which also works without the recording's words."""

    spec = cloning_spec(
        "gpt-sovits",
        "GPT-SoVITS",
        version="48b1a01-v2",
        description="GPT-SoVITS v2: Chinese, Cantonese, English, Japanese and Korean with the voice of a recording",
        licence="MIT",
        languages=("en", "ja", "ko", "yue", "zh"),
        sample_rate=32_000,
    )
    library = Checkout(
        "https://github.com/RVC-Boss/GPT-SoVITS",
        "48b1a0169a28582a8984402f82cf438d3bfa6aca",
        "gpt-sovits",
        probe="GPT_SoVITS/TTS_infer_pack/TTS.py",
        search_paths=("", "GPT_SoVITS"),
    )
    weights = (HubWeights("lj1995/GPT-SoVITS", "gpt-sovits", tuple(WEIGHTS.values())),)
    has_speed = True

    def open_model(self, folder: Path) -> Any:
        """TTS_infer_pack.TTS.TTS with a configuration of its own."""
        library = import_library("TTS_infer_pack.TTS")
        device = torch_device()
        paths = {name: str(folder / file) for name, file in WEIGHTS.items()}
        config = library.TTS_Config({"custom": {"device": device, "is_half": device == "cuda", "version": "v2", **paths}})
        return library.TTS(config)

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        inputs = {
            "text": request.text,
            "text_lang": request.language,
            "ref_audio_path": str(request.reference),
            "prompt_text": request.transcript,
            "prompt_lang": request.language if request.transcript else "",
            "text_split_method": "cut0",
            "speed_factor": request.speed,
            "seed": 0,
        }
        (made,) = model.run(inputs)
        sample_rate, samples = made
        return samples, sample_rate


def build_engines() -> list[Model]:
    return [GptSovitsEngine()]

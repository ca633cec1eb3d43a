"""GLM-TTS (Z.ai): speaks with the voice of a recording. Optional: a checkout of the library with its weights in `ckpt`."""

import contextlib
from pathlib import Path
from typing import Any, Final

from workers.adapters.library import CHECKOUTS, Checkout, HubWeights, import_library
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

FOLDER: Final = "glm-tts"
SAMPLE_RATE: Final = 24_000


class GlmTtsEngine(ReferenceSpeechEngine):
    """The steps of `jsonl_generate` in glmtts_inference.py, for one sentence."""

    spec = cloning_spec(
        "glm-tts",
        "GLM-TTS",
        version="c5dc7ae",
        description="GLM-TTS: Chinese and English with the voice of a recording",
        licence="Apache-2.0; weights MIT",
        languages=("en", "zh"),
        sample_rate=SAMPLE_RATE,
        memory_bytes=10 << 30,
    )
    library = Checkout(
        "https://github.com/zai-org/GLM-TTS",
        "c5dc7aecc3b4032032d631b271e767893984f821",
        FOLDER,
        probe="glmtts_inference.py",
        module="transformers",
    )
    weights = (HubWeights("zai-org/GLM-TTS", f"{CHECKOUTS}/{FOLDER}/ckpt", ("speech_tokenizer", "llm/config.json", "flow/flow.pt")),)

    def open_model(self, folder: Path) -> Any:
        """Frontend, text frontend, language model and flow. The library reads `ckpt` and `frontend` in the current folder."""
        with contextlib.chdir(folder.parent):
            frontend, text_frontend, _, llm, flow = import_library("glmtts_inference").load_models(sample_rate=SAMPLE_RATE)
        return frontend, text_frontend, llm, flow

    def synthesise(self, model: Any, request: CloneRequest) -> tuple[Any, int]:
        library, torch = import_library("glmtts_inference"), import_library("torch")
        frontend, text_frontend, llm, flow = model
        recording = str(request.reference)
        prompt = text_frontend.text_normalize(request.transcript) if request.transcript else ""
        tokens = [frontend._extract_speech_token([recording]).squeeze().tolist()]  # noqa: SLF001 - as the library's own program does
        made, *_ = library.generate_long(
            frontend=frontend,
            text_frontend=text_frontend,
            llm=llm,
            flow=flow,
            text_info=["sentence", text_frontend.text_normalize(request.text)],
            cache={
                "cache_text": [prompt],
                "cache_text_token": [frontend._extract_text_token(f"{prompt} ")],  # noqa: SLF001
                "cache_speech_token": tokens,
                "use_cache": True,
            },
            device=library.DEVICE,
            embedding=frontend._extract_spk_embedding(recording),  # noqa: SLF001
            seed=0,
            flow_prompt_token=torch.tensor(tokens, dtype=torch.int32).to(library.DEVICE),
            speech_feat=frontend._extract_speech_feat(recording, sample_rate=SAMPLE_RATE),  # noqa: SLF001
            use_phoneme=False,
        )
        return made, SAMPLE_RATE


def build_engines() -> list[Model]:
    return [GlmTtsEngine()]

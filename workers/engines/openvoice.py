"""OpenVoice v1 (MyShell): its own speaker's speech in the tone colour of a recording. Optional: a checkout of the library, and its weights."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.adapters.speech import CloneRequest, ReferenceSpeechEngine, cloning_spec
from workers.protocols.engine import Model

LANGUAGES: Final = {"en": ("EN", "English", "en_default_se.pth"), "zh": ("ZH", "Chinese", "zh_default_se.pth")}
"""Folder of the base speaker, the library's name of the language and the file of the speaker's tone colour, by primary tag."""
SPEAKER: Final = "default"


@dataclass(frozen=True, slots=True)
class _Models:
    speakers: dict[str, Any]
    colours: dict[str, Any]
    converter: Any


class OpenVoiceEngine(ReferenceSpeechEngine):
    """The library marks its output itself (wavmark, downloaded at the first load)."""

    spec = cloning_spec(
        "openvoice",
        "OpenVoice",
        version="74a1d14-v1",
        description="OpenVoice: English and Chinese in the tone colour of a recording",
        licence="MIT",
        languages=tuple(LANGUAGES),
        sample_rate=22_050,
        memory_bytes=2 << 30,
    )
    library = Checkout(
        "https://github.com/myshell-ai/OpenVoice", "74a1d147b17a8c3092dd5430504bd83ef6c7eb23", "openvoice", probe="openvoice/api.py"
    )
    weights = (
        HubWeights(
            "myshell-ai/OpenVoice",
            "openvoice",
            (
                "checkpoints/converter/checkpoint.pth",
                *(f"checkpoints/base_speakers/{folder}/{file}" for folder, _, file in LANGUAGES.values()),
            ),
        ),
    )
    has_speed = True

    def open_model(self, folder: Path) -> Any:
        """openvoice.api: a BaseSpeakerTTS for each language, and the ToneColorConverter."""
        api, torch, device = import_library("openvoice.api"), import_library("torch"), torch_device()
        speakers, colours = {}, {}
        for language, (name, _, colour) in LANGUAGES.items():
            base = folder / "checkpoints" / "base_speakers" / name
            speakers[language] = api.BaseSpeakerTTS(str(base / "config.json"), device=device)
            speakers[language].load_ckpt(str(base / "checkpoint.pth"))
            colours[language] = torch.load(base / colour, map_location=device)
        converter = api.ToneColorConverter(str(folder / "checkpoints" / "converter" / "config.json"), device=device)
        converter.load_ckpt(str(folder / "checkpoints" / "converter" / "checkpoint.pth"))
        return _Models(speakers, colours, converter)

    def synthesise(self, model: _Models, request: CloneRequest) -> tuple[Any, int]:
        """The library converts files only."""
        _, language, _ = LANGUAGES[request.language]
        colour = model.converter.extract_se([str(request.reference)])
        with tempfile.NamedTemporaryFile(suffix=".wav") as spoken:
            model.speakers[request.language].tts(request.text, spoken.name, SPEAKER, language=language, speed=request.speed)
            made = model.converter.convert(spoken.name, model.colours[request.language], colour)
        return made, model.converter.hps.data.sampling_rate


def build_engines() -> list[Model]:
    return [OpenVoiceEngine()]

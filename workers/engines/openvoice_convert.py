"""OpenVoice's tone colour converter (MyShell): a recording in the tone colour of another. Optional: a checkout, and its weights."""

from pathlib import Path
from typing import Any

from workers.adapters.conversion import ReferenceConverter
from workers.adapters.library import Checkout, HubWeights, import_library, torch_device
from workers.contract.engines import EngineSpec
from workers.protocols.engine import Model


class OpenVoiceConverter(ReferenceConverter):
    """The library marks its output itself (wavmark, downloaded at the first load)."""

    spec = EngineSpec(
        id="openvoice-convert",
        name="OpenVoice, conversion",
        version="74a1d14-v1",
        kind="voice-convert",
        description="OpenVoice: the tone colour of a recording's voice, any language",
        licence="MIT",
        suggested_tier="standard",
        takes_recordings=True,
        memory_bytes=2 << 30,
    )
    library = Checkout(
        "https://github.com/myshell-ai/OpenVoice", "74a1d147b17a8c3092dd5430504bd83ef6c7eb23", "openvoice", probe="openvoice/api.py"
    )
    weights = (
        HubWeights("myshell-ai/OpenVoice", "openvoice", ("checkpoints/converter/config.json", "checkpoints/converter/checkpoint.pth")),
    )

    def open_model(self, folder: Path) -> Any:
        """openvoice.api.ToneColorConverter."""
        converter = import_library("openvoice.api").ToneColorConverter(
            str(folder / "checkpoints" / "converter" / "config.json"), device=torch_device()
        )
        converter.load_ckpt(str(folder / "checkpoints" / "converter" / "checkpoint.pth"))
        return converter

    def convert_file(self, model: Any, source: Path, *, reference: Path, tau: float | None) -> tuple[Any, int]:
        strength = {} if tau is None else {"tau": tau}
        made = model.convert(str(source), model.extract_se([str(source)]), model.extract_se([str(reference)]), **strength)
        return made, model.hps.data.sampling_rate


def build_engines() -> list[Model]:
    return [OpenVoiceConverter()]

"""kNN-VC (Baas, van Niekerk, Kamper 2023): converts by the nearest frames of a recording. Optional: a checkout, and its weights."""

from pathlib import Path
from typing import Any, Final

from workers.adapters.conversion import ReferenceConverter
from workers.adapters.library import Checkout, LinkedFiles, import_library, torch_device
from workers.contract.engines import EngineSpec
from workers.protocols.engine import Model

ADDRESS: Final = "https://github.com/bshall/knn-vc/releases/download/v0.1"
FILES: Final = ("prematch_g_02500000.pt", "WavLM-Large.pt")


class KnnVcEngine(ReferenceConverter):
    """Any language. Recordings of a minute and more give the best likeness; a voice has at most 30 s here."""

    spec = EngineSpec(
        id="knn-vc",
        name="kNN-VC",
        version="848302a",
        kind="voice-convert",
        description="kNN-VC: the sound of a recording's voice, any language",
        licence="MIT",
        suggested_tier="standard",
        takes_recordings=True,
        memory_bytes=3 << 30,
    )
    library = Checkout(
        "https://github.com/bshall/knn-vc", "848302a262f7299c738af49d74209790ed442a9f", "knn-vc", probe="hubconf.py", module="torchaudio"
    )
    weights = (LinkedFiles("knn-vc/checkpoints", FILES, "cd {folder} && " + " && ".join(f"curl -fLO {ADDRESS}/{file}" for file in FILES)),)

    def open_model(self, folder: Path) -> Any:
        """hubconf.knn_vc, which finds its weights in the folder that PyTorch downloads to."""
        import_library("torch").hub.set_dir(str(folder.parent))
        return import_library("hubconf").knn_vc(pretrained=True, progress=False, prematched=True, device=torch_device())

    def convert_file(self, model: Any, source: Path, *, reference: Path, tau: float | None) -> tuple[Any, int]:  # noqa: ARG002 - it has no such parameter
        return model.match(model.get_features(str(source)), model.get_matching_set([str(reference)]), topk=4), model.sr


def build_engines() -> list[Model]:
    return [KnnVcEngine()]

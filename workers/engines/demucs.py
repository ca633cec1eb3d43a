"""Demucs v4 (Meta): splits music into 2, 4 or 6 stems. Optional: demucs and its weights."""

import threading
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from workers.adapters.library import LinkedFiles, Package, import_library, torch_device
from workers.audio.streams import Frames
from workers.contract.audio_processing import STEM_NAMES
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.protocols.engine import Model
from workers.protocols.separator import KIND, Separator, check_stems

LIBRARY: Final = Package("demucs", "4.1.0", "demucs")
ADDRESS: Final = "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer"
FILES: Final = {"htdemucs": "955717e8-8726e21a.th", "htdemucs_6s": "5c90dfd2-34c22ccb.th"}
"""Checkpoints by model (demucs/remote/files.txt); the name ends with the first digits of their sha256, which the library checks."""
SIGNATURES: Final = {model: file.partition("-")[0] for model, file in FILES.items()}
WEIGHTS: Final = LinkedFiles(
    "demucs", tuple(FILES.values()), "cd {folder} && " + " && ".join(f"curl -fLO {ADDRESS}/{file}" for file in FILES.values())
)


class DemucsEngine(Separator):
    """Two stems are the vocals of four, and the sum of the others. Six stems come from a model of their own."""

    block_seconds = 30.0
    overlap_seconds = 2.0

    spec = EngineSpec(
        id="demucs",
        name="Demucs",
        version="4.1.0-htdemucs",
        kind=KIND,
        description="Demucs v4: splits music into 2, 4 or 6 stems",
        licence="MIT",
        suggested_tier="standard",
        sample_rate=44_100,
        stems=(2, 4, 6),
        memory_bytes=3 << 30,
    )

    def __init__(self) -> None:
        self._separators: dict[str, Any] = {}
        self._lock = threading.Lock()

    def find_obstacle(self) -> str:
        """Name the missing library or weights, and the command that helps. Loads nothing."""
        return LIBRARY.find_obstacle() or WEIGHTS.find_obstacle()

    def load(self) -> None:
        """Load both models. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        api = import_library("demucs.api")
        self._separators = {
            model: api.Separator(model=signature, repo=WEIGHTS.path, device=torch_device(), progress=False)
            for model, signature in SIGNATURES.items()
        }

    def unload(self) -> None:
        self._separators = {}

    def separate(self, frames: Frames, *, stems: int) -> Mapping[str, Frames]:
        """Split stereo frames [n, 2] at 44.1 kHz. Raises WorkError (unknown_engine)."""
        names = check_stems(self.spec, stems=stems)
        separator = self._separators["htdemucs_6s" if stems == len(STEM_NAMES[6]) else "htdemucs"]
        tensor = import_library("torch").from_numpy(np.ascontiguousarray(frames.T))
        with self._lock:  # the library keeps the state of a call on the separator
            _, made = separator.separate_tensor(tensor)
        found = {name: np.ascontiguousarray(stem.cpu().numpy().T, np.float32) for name, stem in made.items()}
        if stems == len(STEM_NAMES[2]):
            others = [stem for name, stem in found.items() if name != "vocals"]
            return {"vocals": found["vocals"], "accompaniment": np.sum(others, axis=0, dtype=np.float32)}
        return {name: found[name] for name in names}


def build_engines() -> list[Model]:
    return [DemucsEngine()]

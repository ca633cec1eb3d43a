"""Spleeter by its own library on TensorFlow: 4 or 5 stems. Optional: spleeter and its weights. Two stems need neither (spleeter.py)."""

import os
import threading
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from workers.adapters.library import LinkedFiles, Package, import_library
from workers.audio.streams import Frames
from workers.contract.engines import EngineSpec
from workers.contract.errors import ENGINE_UNAVAILABLE, WorkError
from workers.protocols.engine import Model
from workers.protocols.separator import KIND, Separator, check_stems

LIBRARY: Final = Package("spleeter", "2.4.2", "spleeter")
ADDRESS: Final = "https://github.com/deezer/spleeter/releases/download/v1.4.0"
STEMS: Final = (4, 5)
WEIGHTS: Final = LinkedFiles(
    "spleeter-tensorflow",
    tuple(f"{stems}stems/checkpoint" for stems in STEMS),
    "cd {folder} && "
    + " && ".join(f"mkdir -p {stems}stems && curl -fL {ADDRESS}/{stems}stems.tar.gz | tar -xz -C {stems}stems" for stems in STEMS),
)
FOLDER_VARIABLE: Final = "MODEL_PATH"
"""Environment variable in which the library finds the folder of its weights; read once, when it is imported."""


class SpleeterTensorflowEngine(Separator):
    block_seconds = 30.0
    overlap_seconds = 2.0

    spec = EngineSpec(
        id="spleeter-tensorflow",
        name="Spleeter, 4 and 5 stems",
        version="2.4.2",
        kind=KIND,
        description="Spleeter on TensorFlow: splits music into 4 or 5 stems",
        licence="MIT",
        suggested_tier="standard",
        sample_rate=44_100,
        stems=STEMS,
        memory_bytes=3 << 30,
    )

    def __init__(self) -> None:
        self._separators: dict[int, Any] = {}
        self._lock = threading.Lock()

    def find_obstacle(self) -> str:
        """Name the missing library or weights, and the command that helps. Loads nothing."""
        return LIBRARY.find_obstacle() or WEIGHTS.find_obstacle()

    def load(self) -> None:
        """Load both models. Raises WorkError (engine_unavailable)."""
        if obstacle := self.find_obstacle():
            raise WorkError(ENGINE_UNAVAILABLE, obstacle)
        os.environ[FOLDER_VARIABLE] = str(WEIGHTS.path)
        library = import_library("spleeter.separator")
        self._separators = {stems: library.Separator(f"spleeter:{stems}stems", multiprocess=False) for stems in STEMS}

    def unload(self) -> None:
        self._separators = {}

    def separate(self, frames: Frames, *, stems: int) -> Mapping[str, Frames]:
        """Split stereo frames [n, 2] at 44.1 kHz. Raises WorkError (unknown_engine)."""
        names = check_stems(self.spec, stems=stems)
        with self._lock:  # the library keeps one generator of predictions
            made = self._separators[stems].separate(frames)
        return {name: np.ascontiguousarray(made[name][: len(frames)], np.float32) for name in names}


def build_engines() -> list[Model]:
    return [SpleeterTensorflowEngine()]

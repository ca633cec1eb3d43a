"""Folders that hold translation models."""

import os
from pathlib import Path
from typing import Final

from workers.weights.store import WeightStore

FOLDERS_VARIABLE: Final = "TTSAI_TRANSLATION_FOLDERS"
"""Environment variable: folders with models, or with folders of them, separated like those of PATH."""
FOLDER: Final = "translation"
"""Folder of translation models below the weights."""


def translation_folders() -> list[Path]:
    """The operator's folders, then the one beside the other weights."""
    named = [Path(folder) for folder in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if folder]
    return [*named, WeightStore.default().folder(FOLDER)]

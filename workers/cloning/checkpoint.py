"""A fit so far as a file: written whole or not at all."""

import zipfile
from pathlib import Path
from typing import Final

import numpy as np

from workers.cloning.fitting import FitState

FIELDS: Final = ("origin", "style", "offsets", "first", "second")


def save_state(path: Path, state: FitState) -> None:
    """Write the state beside the path, then rename it."""
    temporary = path.with_suffix(".part")
    with temporary.open("wb") as file:
        np.savez(file, step=np.int64(state.step), **{name: getattr(state, name) for name in FIELDS})
    temporary.replace(path)


def read_state(path: Path) -> FitState | None:
    """The state in the file; None without a readable one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return FitState(int(found["step"]), *(np.asarray(found[name], np.float32) for name in FIELDS))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None

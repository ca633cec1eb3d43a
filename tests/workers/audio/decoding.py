"""Whole files as samples."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.audio.decode import AudioReader


def read_samples(path: Path, *, sample_rate: int = 0) -> tuple[NDArray[np.float32], int]:
    """Read a whole short file: mono samples [n] and their rate in Hz. Raises WorkError (bad_audio)."""
    with AudioReader(path, sample_rate=sample_rate) as reader:
        blocks = list(reader.blocks())
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32), reader.sample_rate

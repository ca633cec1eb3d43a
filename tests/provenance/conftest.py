"""A home for the development chain, and files to sign."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workers.audio.encoding import encode_file


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.TTSAI_HOME = tmp_path / "home"
    settings.TTSAI_C2PA_CERTIFICATES = settings.TTSAI_C2PA_KEY = ""


@pytest.fixture
def audio(tmp_path: Path) -> Callable[[str], Path]:
    """A function that makes a file of half a second in a format."""

    def make(audio_format: str) -> Path:
        path = tmp_path / f"tone.{audio_format}"
        tone = 0.1 * np.sin(np.arange(12_000) * 0.05).astype(np.float32)
        encode_file(path, [tone], audio_format=audio_format, input_rate=24_000)
        return path

    return make

"""Availability of diarization on this machine."""

from pathlib import Path
from typing import Any

from workers.engines.whisper import WHISPER
from workers.recognition.diarize.weights import with_available_diarization


def test_diarization_is_offered_only_with_the_encoder_weights(monkeypatch: Any, tmp_path: Path) -> None:
    assert with_available_diarization(WHISPER).has_diarization
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    assert not with_available_diarization(WHISPER).has_diarization

"""Availability of diarization on this machine."""

from pathlib import Path

import pytest

from workers.engines.whisper import WHISPER
from workers.recognition.diarize.weights import SPANS_BYTES, with_available_diarization
from workers.speakers import CAMPPLUS


def test_diarization_is_offered_only_with_the_encoder_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert with_available_diarization(WHISPER).has_diarization
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    assert not with_available_diarization(WHISPER).has_diarization


def test_a_recogniser_counts_the_memory_of_the_models_that_find_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_available_diarization(WHISPER).memory_bytes == WHISPER.memory_bytes + SPANS_BYTES
    monkeypatch.setattr(CAMPPLUS, "is_available", lambda: False)
    assert with_available_diarization(WHISPER) == WHISPER

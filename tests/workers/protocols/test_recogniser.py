"""Behaviour common to all recognisers."""

from pathlib import Path
from typing import Any

from workers.engines.whisper import WHISPER
from workers.protocols.recogniser import told_by_speakers


def test_speakers_are_told_apart_where_the_encoder_is(monkeypatch: Any, tmp_path: Path) -> None:
    assert told_by_speakers(WHISPER).has_diarization
    monkeypatch.setenv("TTSAI_MODELS", str(tmp_path))
    assert not told_by_speakers(WHISPER).has_diarization

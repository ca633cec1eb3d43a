"""Recordings of voices as files, kept for a while."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from workers.adapters.references import KEPT_SECONDS, ReferenceFiles
from workers.contract.references import Address
from workers.contract.voices import VoiceRef


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def files(clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ReferenceFiles]:
    monkeypatch.setenv("TTSAI_OBJECTS", str(tmp_path))
    for name, seconds in (("speaker.flac", 0.2), ("long.flac", 31)):
        soundfile.write(tmp_path / name, np.zeros((round(seconds * 8_000), 2)), 8_000)
    made = ReferenceFiles(most=2, clock=clock)
    yield made
    made.clear()


def voice(voice_id: str, *, version: str = "1", file: str = "speaker.flac") -> VoiceRef:
    return VoiceRef(voice_id, version=version, conditioning=Address("folder", file))


def test_recording_becomes_mono_wav_of_thirty_seconds(files: ReferenceFiles) -> None:
    info = soundfile.info(files.path(voice("one", file="long.flac")))
    assert (info.format, info.channels, info.samplerate, info.duration) == ("WAV", 1, 24_000, 30.0)


def test_recording_of_a_version_is_decoded_once(files: ReferenceFiles) -> None:
    assert files.path(voice("one")) == files.path(voice("one"))
    assert files.path(voice("one", version="2")) != files.path(voice("one"))


def test_recording_of_a_deleted_voice_leaves_the_disk_after_a_while(files: ReferenceFiles, clock: Clock) -> None:
    path = files.path(voice("one"))
    clock.now = KEPT_SECONDS + 1
    files.path(voice("two"))
    assert not path.exists()


def test_most_files_are_kept_and_the_oldest_goes(files: ReferenceFiles) -> None:
    first, second, third = (files.path(voice(name)) for name in ("one", "two", "three"))
    assert [path.exists() for path in (first, second, third)] == [False, True, True]


def test_files_of_references_are_deleted_with_the_model(files: ReferenceFiles) -> None:
    path = files.path(voice("one"))
    files.clear()
    assert not path.exists()

"""Parts of kind diarize, with the real models."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from tests.workers.messages import targets
from tests.workers.recognition.clips import RATE, clip, clips, silence
from tests.workers.tasks.task_harness import TaskHarness
from workers.contract.audio_tools import DiarizeWork
from workers.contract.errors import BAD_AUDIO, WorkError
from workers.contract.outputs import TEXT
from workers.contract.references import Address
from workers.recognition.diarize import recordings
from workers.recognition.diarize.recordings import find_overlaps
from workers.speakers import CAMPPLUS
from workers.speakers.turns import SpeakerTurn
from workers.tasks.diarize import describe_turns, write_rttm

TURNS = [SpeakerTurn(0.5, 3.0, 0), SpeakerTurn(2.5, 4.0, 1), SpeakerTurn(5.0, 6.25, 0)]


@pytest.fixture
def harness(tmp_path: Path, valkey: redis.Redis) -> Iterator[TaskHarness]:
    harness = TaskHarness(tmp_path, engines=[], client=valkey)
    yield harness
    harness.close()


def diarized(harness: TaskHarness, source: Address, *, speakers: int = 0) -> tuple[dict[str, Any], str]:
    """Fields of the document, and the RTTM file."""
    places = {TEXT: Address("folder", "document.json"), "rttm": Address("folder", "turns.rttm")}
    work = DiarizeWork(source=source, source_seconds=20.0, speakers=speakers)
    manifest = harness.do(harness.message("diarize", work, outputs=targets(places)))
    assert [output.name for output in manifest.outputs] == [TEXT, "rttm"]
    fields = json.loads((harness.objects / "document.json").read_text())["fields"]
    return fields, (harness.objects / "turns.rttm").read_text()


def test_fields_of_turns_name_speakers_seconds_and_overlaps() -> None:
    assert describe_turns(TURNS, seconds=7.0) == {
        "duration": 7.0,
        "num_speakers": 2,
        "speakers": [{"speaker": "SPEAKER_00", "seconds": 3.75}, {"speaker": "SPEAKER_01", "seconds": 1.5}],
        "segments": [
            {"start": 0.5, "end": 3.0, "speaker": "SPEAKER_00", "has_overlap": True},
            {"start": 2.5, "end": 4.0, "speaker": "SPEAKER_01", "has_overlap": True},
            {"start": 5.0, "end": 6.25, "speaker": "SPEAKER_00", "has_overlap": False},
        ],
        "overlaps": [{"start": 2.5, "end": 3.0, "speakers": ["SPEAKER_00", "SPEAKER_01"]}],
    }


def test_rttm_has_a_line_of_ten_fields_for_each_turn() -> None:
    lines = write_rttm(TURNS, name="talk").splitlines()
    assert lines[1] == "SPEAKER talk 1 2.500 1.500 <NA> <NA> SPEAKER_01 <NA> <NA>"
    assert [len(line.split()) for line in lines] == [10, 10, 10]


def test_overlaps_of_three_speakers_are_divided_where_one_ends() -> None:
    turns = [SpeakerTurn(0, 4, 0), SpeakerTurn(1, 3, 1), SpeakerTurn(2, 5, 2)]
    assert find_overlaps(turns) == [(1, 2, (0, 1)), (2, 3, (0, 1, 2)), (3, 4, (0, 2))]


def test_two_speakers_are_found_across_stretches_of_a_recording(harness: TaskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "STRETCH_SECONDS", 6.0)
    sound = np.concatenate(
        [clip("librivox-0870"), silence(0.5), clips(["dhd-numbers", "dhd-something"]), silence(0.3), clip("librivox-0880")]
    )
    fields, rttm = diarized(harness, harness.keep("talk.flac", sound))
    assert fields["num_speakers"] == 2
    assert fields["duration"] == round(len(sound) / RATE, 3)
    assert next(segment["speaker"] for segment in fields["segments"]) == "SPEAKER_00"
    long = [segment for segment in fields["segments"] if segment["end"] - segment["start"] > 4]
    assert {segment["speaker"] for segment in long} == {"SPEAKER_00"}
    assert any(segment["start"] < 6 < segment["end"] for segment in long)
    assert len(rttm.splitlines()) == len(fields["segments"])


def test_without_the_diarization_weights_speakers_are_distinguished_by_windows(
    harness: TaskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CAMPPLUS, "is_available", lambda: False)
    sound = np.concatenate([clip("librivox-0870"), silence(0.5), clips(["dhd-numbers", "dhd-something"])])
    fields, _ = diarized(harness, harness.keep("talk.flac", sound), speakers=2)
    assert fields["num_speakers"] == 2
    assert fields["overlaps"] == []
    assert (fields["segments"][0]["speaker"], fields["segments"][-1]["speaker"]) == ("SPEAKER_00", "SPEAKER_01")


def test_silence_has_neither_speakers_nor_segments(harness: TaskHarness) -> None:
    fields, rttm = diarized(harness, harness.keep("silence.flac", silence(1)), speakers=3)
    assert fields == {"duration": 1.0, "num_speakers": 0, "speakers": [], "segments": [], "overlaps": []}
    assert rttm.startswith(";; ")
    assert rttm.endswith(": no speech\n")


def test_a_file_without_audio_fails_with_bad_audio(harness: TaskHarness) -> None:
    (harness.objects / "text.txt").write_text("no audio")
    with pytest.raises(WorkError) as raised:
        diarized(harness, Address("folder", "text.txt"))
    assert raised.value.code == BAD_AUDIO


def test_rttm_of_a_recording_without_speech_is_a_comment() -> None:
    assert write_rttm([], name="talk") == ";; talk: no speech\n"

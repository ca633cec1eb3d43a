"""A fit's folder, its checkpoint, and the stretches of the recordings that it uses."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from workers.cloning.checkpoint import read_state, save_state
from workers.cloning.excerpts import cut_excerpts
from workers.cloning.fitting import FitSettings, FitState, _descend, _draw
from workers.cloning.job import CHECKPOINT, FitJob, FitPassage, open_folder, read_job, remove_stale_folders
from workers.cloning.passages import Passage
from workers.contract.cloning import SampleReport, SpokenSegment, VoiceReport

JOB = FitJob((FitPassage("passage-0.npy", "Hello."),), "en", "bGlrZW5lc3M=", (1.0, 0.0), (5.0, 0.2))
SAMPLES = {"passage-0.npy": np.arange(10, dtype=np.float32)}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    return tmp_path


def state(step: int) -> FitState:
    random = np.random.default_rng(step)
    style, offsets = random.normal(size=4).astype(np.float32), random.normal(size=6).astype(np.float32)
    return FitState(step, style, 2 * style, offsets, *random.normal(size=(2, 10)).astype(np.float32))


def test_a_folder_holds_the_job_and_its_samples_for_its_owner_alone() -> None:
    folder = open_folder("job", JOB, SAMPLES)
    assert read_job(folder) == JOB
    np.testing.assert_array_equal(np.load(folder / "passage-0.npy"), SAMPLES["passage-0.npy"])
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_same_job_continues_at_its_checkpoint_and_another_does_not() -> None:
    folder = open_folder("job", JOB, SAMPLES)
    save_state(folder / CHECKPOINT, state(7))
    open_folder("job", JOB, SAMPLES)
    kept = read_state(folder / CHECKPOINT)
    assert kept is not None
    assert kept.step == 7
    np.testing.assert_array_equal(kept.second, state(7).second)
    open_folder("job", FitJob(JOB.passages, "fr", JOB.likeness, JOB.embedding, JOB.log_f0), SAMPLES)
    assert read_state(folder / CHECKPOINT) is None


def test_a_torn_checkpoint_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / CHECKPOINT
    save_state(path, state(3))
    path.write_bytes(path.read_bytes()[:100])
    assert read_state(path) is None


def test_folders_that_nobody_continued_for_a_day_are_removed() -> None:
    old, new = open_folder("old", JOB, SAMPLES), open_folder("new", JOB, SAMPLES)
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    remove_stale_folders()
    assert (old.exists(), new.exists()) == (False, True)


def test_neighbouring_segments_become_one_stretch_and_recordings_take_turns() -> None:
    rate = 24_000
    samples = [np.zeros(40 * rate, np.float32), np.ones(5 * rate, np.float32)]
    first = (SpokenSegment(0.5, 4.0, "One two."), SpokenSegment(4.5, 9.0, "Three."), SpokenSegment(12.0, 30.0, "Four."))
    second = (SpokenSegment(1.0, 3.0, "Five."),)
    reports = (SampleReport(40.0, 26.0, "en", "", first), SampleReport(5.0, 2.0, "en", "", second))
    report = VoiceReport(reports, "en", "male", (), "am_puck", 4.8, 0.2)
    passages, files = cut_excerpts(samples, report)
    assert [passage.text for passage in passages] == ["One two. Three.", "Five.", "Four."]
    assert [len(files[passage.file]) / rate for passage in passages] == [8.7, 2.2, 18.2]


def test_windows_are_drawn_from_all_passages_by_their_length() -> None:
    passages = [_passage(units) for units in (50, 149)]
    draws = [_draw(passages, 50, np.random.default_rng(seed)) for seed in range(300)]
    assert {passage.units for passage, _ in draws} == {50, 149}
    assert all(0 <= start <= passage.units - 50 for passage, start in draws)


def test_a_short_passage_is_repeated_to_the_wanted_length() -> None:
    long = _passage(20).repeat_to_length(50)
    assert (long.units, len(long.f0), len(long.har), len(long.target(0, 50))) == (60, 120, 7201, 30_000)


def test_a_step_goes_against_the_gradient_by_the_rate_at_most() -> None:
    before = FitState.start(np.zeros(4, np.float32), size=6)
    matrix = np.ones((4, 6), np.float32)
    after = _descend(before, np.full(6, 100.0, np.float32), settings=FitSettings(rate=0.01), matrix=matrix)
    assert after.step == 1
    np.testing.assert_allclose(
        np.concatenate([after.style, after.offsets]), -0.002, rtol=1e-3
    )  # a fifth: the first of five steps of the rise


def _passage(units: int) -> Passage:
    return Passage(
        np.zeros((units, 512), np.float32),
        np.zeros(2 * units, np.float32),
        np.zeros(2 * units, np.float32),
        np.zeros((120 * units + 1, 22), np.float32),
        np.zeros(600 * units, np.float32),
    )

"""Fitting task: the time limit of its attempts, fits that fail. The fit itself is tested in tests/workers/cloning and tests/prove."""

import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.workers.cloning.recordings import person
from tests.workers.messages import speak_message
from tests.workers.provenance.searching import find_watermark
from workers.cloning.child import FitProgress, run_fit
from workers.cloning.job import DEMO_FILE
from workers.contract.errors import WorkError
from workers.kokoro.runtime import SAMPLE_RATE
from workers.parts import PartRun, Parts, PartStoppedError
from workers.tasks import fit_voice
from workers.tasks.fit_voice import checking_that_continues, try_to_fit

PROGRAM = "tests.workers.cloning.fit_programs"


def run_until(deadline_at: float) -> PartRun:
    return PartRun(speak_message("Hello.", kind="fit_voice", deadline_at=deadline_at), on_stop=lambda _: None)


def test_fit_beyond_its_time_limit_is_tried_again_without_a_counted_attempt() -> None:
    check = checking_that_continues(run_until(time.time() - 1))
    with pytest.raises(WorkError, match="too busy") as caught:
        check()
    assert (caught.value.code, caught.value.is_retryable, caught.value.is_outage) == ("engine_unavailable", True, True)


def test_fit_within_its_time_limit_continues_until_it_is_stopped() -> None:
    run = run_until(time.time() + 60)
    check = checking_that_continues(run)
    check()
    run.stop()
    with pytest.raises(PartStoppedError):
        check()


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "worker stops"])
def test_recordings_of_a_cancelled_fit_leave_the_worker(tmp_path: Path, *, is_cancelled: bool) -> None:
    run, parts = run_until(time.time() + 60), Parts()
    parts.begin(run)
    (tmp_path / "fit").mkdir()
    if is_cancelled:
        parts.stop(run.message.token)
    else:
        run.stop()
    with pytest.raises(PartStoppedError), fit_voice.removing_after_cancellation(tmp_path / "fit", run=run):
        run.check()
    assert (tmp_path / "fit").exists() is not is_cancelled


@pytest.mark.parametrize(("watermark", "is_marked"), [("", False), ("off", False), ("cloned", True), ("all", True)])
def test_demo_of_a_fitted_voice_is_watermarked_where_the_work_asks(tmp_path: Path, watermark: str, *, is_marked: bool) -> None:
    samples = person()[: 6 * SAMPLE_RATE]
    np.save(tmp_path / DEMO_FILE, samples)
    demo = fit_voice.read_demo(tmp_path, watermark=watermark)
    assert find_watermark([demo], sample_rate=SAMPLE_RATE).is_detected is is_marked


@pytest.mark.parametrize(
    ("name", "reason", "runs"),
    [
        ("failing", "The fit of the voice needs more memory than the worker may use.", 2),
        ("failing-once", "", 2),
        ("finishing", "", 1),
    ],
)
def test_fit_that_fails_is_continued_once_and_then_gives_its_reason(
    name: str, reason: str, runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_voice, "run_fit", partial(run_fit, program=PROGRAM))
    folder = tmp_path / name
    folder.mkdir()
    seen: list[FitProgress] = []
    assert try_to_fit(folder, check=lambda: None, on_progress=seen.append) == reason
    assert len((folder / "runs").read_text()) == runs


def test_fit_whose_attempt_is_out_of_time_is_neither_repeated_nor_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_voice, "run_fit", partial(run_fit, program=PROGRAM))
    folder = tmp_path / "sleeping"
    folder.mkdir()
    check = checking_that_continues(run_until(time.time() - 1))
    with pytest.raises(WorkError, match="too busy"):
        try_to_fit(folder, check=check, on_progress=lambda _: None)

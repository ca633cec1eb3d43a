"""Beat's schedule while the machine's clock is set back."""

from datetime import UTC, datetime, timedelta

import pytest

from ttsai import beat_clock
from ttsai.celery import app


def test_steady_now_follows_the_seconds_that_passed_and_not_the_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    before = beat_clock.steady_now()
    assert abs(before - datetime.now(UTC)) < timedelta(hours=1)
    passed = beat_clock.time.monotonic() + 90
    monkeypatch.setattr(beat_clock.time, "monotonic", lambda: passed)
    assert timedelta(seconds=89) < beat_clock.steady_now() - before < timedelta(seconds=150)


def test_every_entry_of_beats_schedule_uses_the_clock_that_never_goes_back() -> None:
    assert {entry["schedule"].nowfun for entry in app.conf.beat_schedule.values()} == {beat_clock.steady_now}


def test_beat_entry_stays_due_when_the_machines_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    every_two_seconds = app.conf.beat_schedule["reap"]["schedule"]
    last_run_at = every_two_seconds.now()
    monkeypatch.setattr(app, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    later = beat_clock.time.monotonic() + 3
    monkeypatch.setattr(beat_clock.time, "monotonic", lambda: later)
    assert every_two_seconds.is_due(last_run_at).is_due

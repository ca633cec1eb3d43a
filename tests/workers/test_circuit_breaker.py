"""The circuit breaker, with a clock and a probe of the test's own."""

import threading

import pytest

from workers import circuit_breaker
from workers.circuit_breaker import LOG_SECONDS, CircuitBreaker


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(circuit_breaker.time, "monotonic", lambda: self.now)


def test_breaker_without_probe_closes_after_its_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, breaker = Clock(monkeypatch), CircuitBreaker("The server", pause_seconds=2.0)
    assert not breaker.is_open
    breaker.open()
    clock.now += 1.9
    assert breaker.is_open
    clock.now += 0.2
    assert not breaker.is_open


def test_breaker_closes_at_once_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch)
    breaker = CircuitBreaker("The server")
    breaker.open()
    breaker.close()
    assert not breaker.is_open


def test_breaker_with_probe_stays_open_until_it_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit_breaker, "PROBE_SECONDS", 0.01)
    has_failed, may_answer = threading.Event(), threading.Event()

    def probe() -> None:
        if not may_answer.is_set():
            has_failed.set()
            raise ConnectionError

    breaker = CircuitBreaker("The server")
    breaker.open_until_answered(probe)
    breaker.open_until_answered(probe)
    assert has_failed.wait(5)
    assert breaker.is_open
    assert [thread.name for thread in threading.enumerate()].count("probe-The server") == 1
    may_answer.set()
    for thread in threading.enumerate():
        if thread.name == "probe-The server":
            thread.join(5)
    assert not breaker.is_open


def test_breaker_without_probe_asks_for_a_log_line_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, breaker = Clock(monkeypatch), CircuitBreaker("The server")
    asked = []
    for _ in range(3):
        asked.append(breaker.open())
        clock.now += LOG_SECONDS / 2
    assert asked == [True, False, True]

"""Caches of rows that are read every few seconds."""

import pytest

from apps.core import remembered
from apps.core.remembered import Remembered, forget_everything


def test_a_value_is_read_again_only_after_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, values = [100.0], iter("abc")
    monkeypatch.setattr(remembered.time, "monotonic", lambda: clock[0])
    value = Remembered(lambda: next(values), seconds=2)
    assert [value.get(), value.get()] == ["a", "a"]
    clock[0] += 2.1
    assert value.get() == "b"


def test_forget_everything_clears_every_cache() -> None:
    values = iter("ab")
    value = Remembered(lambda: next(values), seconds=60)
    assert value.get() == "a"
    forget_everything()
    assert value.get() == "b"

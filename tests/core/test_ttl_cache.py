"""Caches of rows that are read every few seconds."""

import pytest

from apps.core import ttl_cache
from apps.core.ttl_cache import TtlCache, clear_all_caches


def test_a_value_is_read_again_only_after_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, values = [100.0], iter("abc")
    monkeypatch.setattr(ttl_cache.time, "monotonic", lambda: clock[0])
    value = TtlCache(lambda: next(values), seconds=2)
    assert [value.get(), value.get()] == ["a", "a"]
    clock[0] += 2.1
    assert value.get() == "b"


def test_forget_everything_clears_every_cache() -> None:
    values = iter("ab")
    value = TtlCache(lambda: next(values), seconds=60)
    assert value.get() == "a"
    clear_all_caches()
    assert value.get() == "b"


def test_a_value_read_before_a_change_is_not_kept_after_it() -> None:
    rows = ["old"]

    def read_while_another_thread_changes_rows() -> str:
        found = rows[0]
        if found == "old":
            rows[0] = "new"
            value.forget()
        return found

    value = TtlCache(read_while_another_thread_changes_rows, seconds=60)
    assert [value.get(), value.get()] == ["old", "new"]

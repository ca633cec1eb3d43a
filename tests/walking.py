"""Walks over many cases in one test: what all share is made once, and every failing case is named."""

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TypeVar
from unittest import mock

import pytest
from django.db import transaction

from apps.core import ttl_cache
from apps.core.valkey import client

Case = TypeVar("Case")


def walk(cases: Iterable[Case], check: Callable[[Case], object], *, at_least: int, name: Callable[[Case], str] = str) -> None:
    """Check every case, and fail with the name and traceback of each failing one. A walk over fewer than `at_least` cases fails, too."""
    failures, count = [], 0
    for case in cases:
        count += 1
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 -- reported with all others below
            failures.append((name(case), "".join(traceback.format_exception(error))))
    shown_text = "\n".join(f"{'=' * 20} {case}\n{trace}" for case, trace in failures)
    assert not failures, f"{len(failures)} of {count} cases fail: {', '.join(case for case, _ in failures)}\n{shown_text}"
    assert count >= at_least, f"only {count} cases"


def walk_undone(cases: Iterable[Case], check: Callable[[Case], object], *, at_least: int, name: Callable[[Case], str] = str) -> None:
    """Walk as above, each case with the rows and cached rows that the test had before the walk, and with an empty Valkey."""

    def check_undone(case: Case) -> None:
        with _undone():
            check(case)

    moment = time.monotonic()
    with mock.patch.object(ttl_cache, "time", SimpleNamespace(monotonic=lambda: moment)):  # what is cached stays
        walk(cases, check_undone, at_least=at_least, name=name)


@contextmanager
def _undone() -> Iterator[None]:
    """Undo what the block writes. A savepoint rather than `atomic`, within which services that demand the outermost transaction fail."""
    client().flushdb()
    cached = {cache: cache._kept for cache in ttl_cache._caches}
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(savepoint)
        for cache in ttl_cache._caches:
            cache._kept = cached.get(cache)

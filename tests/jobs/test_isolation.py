"""Isolation of failures in work on many rows."""

import logging

import pytest
from django.db import InterfaceError, OperationalError

from apps.core.storage import StorageAwayError
from apps.jobs.services.isolation import log_errors_and_continue


def test_isolated_block_that_fails_is_logged_and_the_next_runs(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = []
    with caplog.at_level(logging.ERROR):
        for value in ("1", "one", "2"):
            with log_errors_and_continue(f"reading {value}") as step:
                int(value)
            outcomes.append(step.has_failed)
    assert outcomes == [False, True, False]
    assert [(record.getMessage(), record.exc_info is not None) for record in caplog.records] == [("reading one failed", True)]


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("away"), StorageAwayError("away")], ids=repr)
def test_isolated_block_raises_what_the_next_row_would_meet_too(error: Exception) -> None:
    with pytest.raises(type(error), match="away"), log_errors_and_continue("reading"):
        raise error

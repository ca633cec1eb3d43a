"""Real server with its stores, and the worker's own code for the parts of audio tools, in a thread of this process."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from apps.jobs.models import Part
from apps.jobs.publishing import Attempt, _message
from tests.factories_jobs import announce, outcome_of, started
from tests.fresh_state import fresh_state
from tests.speech.people import Person, person
from tests.web.shell import RunningShell, running_shell
from tests.workers.tasks.task_harness import TaskHarness
from tests.working import working
from workers.contract.errors import WorkError
from workers.contract.messages import PartOutcome


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        announce()
        yield


@pytest.fixture
def owner() -> Person:
    return person(credits=1000)


@pytest.fixture
def server(settings: Any, tmp_path: Path, valkey: redis.Redis) -> Iterator[RunningShell]:
    """Server whose jobs are done by the real code of the workers."""
    settings.TTSAI_WEB_THREADS = 4
    harness = TaskHarness(tmp_path, engines=[], client=valkey)
    with running_shell() as shell, working(lambda part: _do(harness, started(part))):
        yield shell
    harness.close()


def _do(harness: TaskHarness, part: Part) -> PartOutcome:
    assert part.token is not None
    attempt = Attempt(
        part.job_id, part.index, part.token, part.kind, work=part.work, outputs=part.outputs, tenant=part.tenant, lane=part.lane,
        job_created_at=time.time(),
    )  # fmt: skip
    try:
        return outcome_of(part, manifest=harness.do(_message(attempt)))
    except WorkError as error:
        return outcome_of(part, status="failed", error_code=error.code, error_message=error.message)

"""Real server with its stores, and the worker's own code for the parts of audio tools, in a thread of this process."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import call_command

from apps.core.storage import get_storage
from apps.jobs.models import Part
from apps.jobs.publishing import Attempt, _message, forget_broker_state
from apps.uploads.threads import forget_threads
from tests.factories_jobs import announce, outcome_of, started
from tests.speech.people import Person, person
from tests.web.shell import RunningShell, running_shell
from tests.workers.tasks.task_harness import TaskHarness
from tests.working import working
from workers.contract.errors import WorkError
from workers.contract.messages import PartOutcome


@pytest.fixture(autouse=True)
def _platform(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    settings.TTSAI_HOME = tmp_path / "home"
    get_storage.cache_clear()
    forget_threads()
    forget_broker_state()
    call_command("load_defaults")
    announce()
    yield
    get_storage.cache_clear()
    forget_threads()


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

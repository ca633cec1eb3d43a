"""A running shell with the tests' own routes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.shell import RunningShell, running_shell


@pytest.fixture
def shell(transactional_db: None, settings: Any) -> Iterator[RunningShell]:
    settings.ROOT_URLCONF = "tests.web.urls"
    settings.TTSAI_WEB_THREADS = 4
    with running_shell() as shell:
        yield shell

"""A fresh platform for each test, with plans and prices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fresh_state import fresh_state


@pytest.fixture(autouse=True)
def _platform(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    with fresh_state(settings, tmp_path):
        yield

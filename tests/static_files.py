"""Search static files once for each process: WhiteNoise does it for each test client, which takes 25 ms of CPU."""

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware


@pytest.fixture(scope="session", autouse=True)
def _shared_static_files() -> Iterator[None]:
    found: dict[str, Any] = {}
    search = WhiteNoiseMiddleware.add_files_from_finders

    def add_found_files(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            search(middleware)
            found.update(middleware.files)
        middleware.files.update(found)

    with mock.patch.object(WhiteNoiseMiddleware, "add_files_from_finders", add_found_files):
        yield

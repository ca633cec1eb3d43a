"""A server with models that clone and speak, and a worker that enrols and reads aloud."""

from collections.abc import Iterator

import pytest

from apps.jobs.models import Part
from tests.text_streams.reader import Reader
from tests.voices.conftest import Enroller, _platform, attempt_part, clip, owner, server
from tests.working import working
from workers.contract.messages import PartOutcome

__all__ = ["_platform", "clip", "owner", "server"]


@pytest.fixture
def enroller() -> Enroller:
    """Answers of the worker to parts that enrol."""
    return Enroller()


@pytest.fixture
def reader(enroller: Enroller) -> Iterator[Reader]:
    """Worker in the background that does every part."""
    reader = Reader()

    def do(part: Part) -> PartOutcome | None:
        return reader.do(part) if part.kind == "speak" else attempt_part(part, enroller)

    with working(do):
        try:
            yield reader
        finally:
            reader.resume.set()

"""The fixtures of the speech tests: the same server, people and announced worker; and clients that stream."""

from collections.abc import Iterator

import pytest

from tests.speech.conftest import _platform, nobody, owner, server
from tests.speech.people import Person
from tests.streaming.listeners import Listen, listeners
from tests.web.shell import RunningShell

__all__ = ["_platform", "nobody", "owner", "server"]


@pytest.fixture
def listening(server: RunningShell, owner: Person) -> Iterator[Listen]:
    """Starts clients of POST /v1/tts/ that stream raw samples unless their bodies say otherwise."""
    with listeners(server.url, owner.key, voice="af_bella", format="pcm", stream=True) as listen:
        yield listen

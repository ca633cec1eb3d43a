"""The platform's server, and Deepgram's official clients pointed at it."""

from collections.abc import Iterator

import httpx
import pytest
from deepgram import DeepgramClient, DeepgramClientEnvironment

from tests.compat.realtime.conftest import owner, server
from tests.speech.people import Person
from tests.web.shell import RunningShell

__all__ = ["owner", "server"]


@pytest.fixture
def _platform() -> None:
    """Replace the fixture of the other dialects' tests, which prepares stores for every test."""


def environment_of(server: RunningShell) -> DeepgramClientEnvironment:
    """Addresses of a running server."""
    sockets = server.url.replace("http", "ws")
    return DeepgramClientEnvironment(base=server.url, production=sockets, agent=sockets, agent_rest=server.url)


@pytest.fixture
def client(server: RunningShell, owner: Person) -> Iterator[DeepgramClient]:
    """Official client of the owner's key."""
    with httpx.Client(timeout=60) as http:
        yield DeepgramClient(api_key=owner.key, environment=environment_of(server), httpx_client=http)

"""The official client of ElevenLabs, pointed at a running shell."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from elevenlabs.client import ElevenLabs

from tests.speech.people import Person
from tests.web.shell import RunningShell

ElevenMaker = Callable[[str], ElevenLabs]


@pytest.fixture
def eleven_of(server: RunningShell) -> Iterator[ElevenMaker]:
    """Makes clients of the package `elevenlabs`: `eleven_of(key)`."""
    with httpx.Client(timeout=60) as http:
        yield lambda key: ElevenLabs(api_key=key, base_url=server.url, httpx_client=http)


@pytest.fixture
def client(eleven_of: Any, owner: Person) -> ElevenLabs:
    """Official client of the owner's key."""
    made: ElevenLabs = eleven_of(owner.key)
    return made

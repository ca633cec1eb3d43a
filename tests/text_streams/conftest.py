"""The fixtures of the speech tests, with a route for text streams."""

from typing import Any

import pytest

from tests.speech.conftest import _platform, owner
from tests.speech.conftest import server as _server
from tests.web.shell import RunningShell

__all__ = ["_platform", "owner"]


@pytest.fixture
def _route(settings: Any) -> None:
    settings.TTSAI_SOCKET_ROUTES = ["tests.text_streams.reader.ROUTES"]


speech_server = _server


@pytest.fixture
def server(_route: None, speech_server: RunningShell) -> RunningShell:
    return speech_server

"""The commands, run in this process against the real shell with workers whose results the tests write."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.compat.realtime.conftest import owner, server
from tests.speech.people import Person
from tests.transcription.conftest import song
from tests.web.shell import RunningShell
from ttsai.cli import main

__all__ = ["owner", "server", "song"]

Ttsai = Callable[..., Result]


@pytest.fixture
def ttsai(server: RunningShell, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ttsai:
    """Runs a command as the owner, in an empty folder. `given` is standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TTSAI_URL", server.url)
    monkeypatch.setenv("TTSAI_API_KEY", owner.key)

    def run(*arguments: str, given: bytes | str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=given)

    return run

"""Consent of `ttsai clone`: given as an option or confirmed at a terminal, never assumed."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from apps.playground.tools.voice_recording import CONSENT as CONSENT_OF_PAGES
from ttsai.cli import main
from ttsai.cli.customers.clone import CONSENT

NOWHERE = "http://127.0.0.1:1"
"""Address without a server: a command that sends something ends with 3."""


@pytest.fixture(autouse=True)
def _platform() -> None:
    """None: nothing is answered."""


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    recording = tmp_path / "talk.mp3"
    recording.write_bytes(b"ID3")
    return ["clone", str(recording), "--name", "Ada", "--url", NOWHERE, "--key", "sk-tts-any"]


def test_clone_without_a_terminal_and_without_consent_sends_nothing(arguments: list[str]) -> None:
    for further in ([], ["--consent", "  "]):
        result = CliRunner().invoke(main, [*arguments, *further])
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "--consent" in result.stderr
    assert CliRunner().invoke(main, [*arguments, "--consent", "I agree."]).exit_code == 3


@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("", 2), ("y", 3)])
def test_clone_at_a_terminal_asks_for_the_statement_of_the_pages(arguments: list[str], answer: str, code: int) -> None:
    assert CONSENT == CONSENT_OF_PAGES
    controller, terminal = pty.openpty()
    try:
        os.write(controller, f"{answer}\n".encode())
        program = [sys.executable, "-c", "from ttsai.cli import main; main()", *arguments]
        done = subprocess.run(program, stdin=terminal, capture_output=True, text=True, check=False)
    finally:
        os.close(controller)
        os.close(terminal)
    assert (done.returncode, CONSENT in done.stderr) == (code, True)

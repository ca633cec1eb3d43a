"""Tables of the commands: ids are whole, whatever the width."""

import io
import os
import pty
import subprocess
import sys

import pytest

from ttsai.cli.tables import print_table

UUID, VOICE = "0123456789abcdef0123456789abcdef", "voice_0123456789abcdef0123"
ROW = [UUID, VOICE, "A description that is quite long and has many words in it", "2026-11-30T14:05:09+00:00"]
HEAD = ("uuid", "voice", "name", "created_at")


@pytest.fixture(autouse=True)
def _platform() -> None:
    """None: tables need no platform."""


def test_table_in_a_pipe_has_one_line_for_each_row(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    print_table(HEAD, [ROW])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if UUID in line]
    assert all(cell in line for cell in ROW)


def test_table_on_a_narrow_terminal_keeps_ids_whole() -> None:
    controller, terminal = pty.openpty()
    program = f"from ttsai.cli.tables import print_table; print_table({HEAD!r}, [{ROW!r}])"
    try:
        subprocess.run([sys.executable, "-c", program], stdout=terminal, check=True, env={**os.environ, "COLUMNS": "60", "TERM": "xterm"})
        os.close(terminal)
        shown = io.BytesIO()
        while chunk := _read(controller):
            shown.write(chunk)
    finally:
        os.close(controller)
    lines = shown.getvalue().decode().splitlines()
    assert any(UUID in line and VOICE in line for line in lines)


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 1 << 16)
    except OSError:  # the other end is closed and all is read
        return b""

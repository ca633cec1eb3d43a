"""Output of the supervisor."""

import errno
import io
import os

import pytest

from ttsai.supervisor.output import Log


def test_a_pipe_gets_names_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    stream = io.StringIO()
    log = Log(stream)
    log.line("web", "up")
    log.say("ready")
    log.plain("to be copied")
    assert stream.getvalue() == "web      | up\nttsai    | ready\nto be copied\n"


def test_each_part_has_a_colour_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    log = Log(stream)
    for name in ("web", "engine", "web"):
        log.line(name, "up")
    first, second, third = stream.getvalue().splitlines()
    assert first == third == "\x1b[36mweb      | \x1b[0mup"
    assert second == "\x1b[33mengine   | \x1b[0mup"


def test_no_color_wins_over_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    Log(stream).line("web", "up")
    assert stream.getvalue() == "web      | up\n"


def test_a_reader_that_went_away_is_remembered_and_not_raised() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w", buffering=1)
    log = Log(stream)
    log.line("web", "up")
    assert log.is_broken
    log.line("web", "up")
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_letters_that_the_terminal_lacks_are_escaped_and_do_not_end_the_output() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    log = Log(stream)
    log.say("ready in /home/é/Téléchargements \udcff…")
    assert not log.is_broken
    assert stream.buffer.getvalue() == b"ttsai    | ready in /home/\\xe9/T\\xe9l\\xe9chargements \\udcff\\u2026\n"


def test_lines_on_a_full_disk_are_dropped_and_later_ones_written() -> None:
    class Disk(io.StringIO):
        is_full = True

        def flush(self) -> None:
            if self.is_full:
                raise OSError(errno.ENOSPC, "No space left on device")

    disk = Disk()
    log = Log(disk)
    log.line("web", "lost")
    assert not log.is_broken
    disk.is_full = False
    log.line("web", "kept")
    assert disk.getvalue().endswith("web      | kept\n")

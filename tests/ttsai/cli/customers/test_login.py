"""`ttsai login`, `logout` and `whoami`, and the server and key that other commands choose."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.factories import make_key
from tests.servers import free_port
from tests.speech.people import Person
from tests.web.shell import RunningShell
from ttsai.cli import main
from ttsai.cli.address import Address, find_address
from ttsai.cli.configuration import Configuration, configuration_path, read_configuration, write_configuration

ELSEWHERE = "https://speech.example.com"


def test_login_asks_for_server_and_key_and_writes_a_private_file(server: RunningShell, owner: Person, configuration_folder: Path) -> None:
    path = configuration_folder / "ttsai" / "config.toml"
    result = CliRunner().invoke(main, ["login"], input=f"{server.url}\n{owner.key}\n")
    assert (result.exit_code, owner.key in result.output) == (0, False)
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert read_configuration() == Configuration(server.url, owner.key)
    shown = json.loads(CliRunner().invoke(main, ["whoami", "--json"]).stdout)
    assert owner.account is not None
    assert (shown["url"], shown["id"], shown["credits"]) == (server.url, owner.account.pk, 1000.0)
    refused = CliRunner().invoke(main, ["login", "--url", server.url, "--key", f"sk-tts-{'x' * 43}"])
    assert (refused.exit_code, refused.stderr.count("\n")) == (4, 1)
    assert read_configuration() == Configuration(server.url, owner.key)  # as before
    _, narrow = make_key(owner.account, scopes=["tts:generate"])
    assert CliRunner().invoke(main, ["login", "--url", server.url, "--key", narrow]).stdout.startswith("The key is valid; ")
    assert CliRunner().invoke(main, ["logout"]).stdout == f"Removed {path}\n"
    assert not path.exists()
    assert CliRunner().invoke(main, ["logout"]).stdout == "Nobody is logged in.\n"


def test_login_in_a_pipe_without_a_key_is_one_clear_line(server: RunningShell) -> None:
    result = CliRunner().invoke(main, ["login", "--url", server.url], input="")
    assert (result.exit_code, result.stderr) == (1, "Error: Standard input has no API key: pipe one, or set TTSAI_API_KEY.\n")


def test_kept_key_is_sent_to_the_kept_server_only() -> None:
    write_configuration(Configuration(ELSEWHERE, "sk-tts-kept"))
    assert find_address(url="", key="") == Address(ELSEWHERE, "sk-tts-kept")
    assert find_address(url=f"{ELSEWHERE}/", key="") == Address(ELSEWHERE, "sk-tts-kept")
    assert find_address(url="", key="sk-tts-given") == Address(ELSEWHERE, "sk-tts-given")
    assert find_address(url="other.example.com", key="") == Address("https://other.example.com", "")


def test_server_and_key_of_the_environment_win_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_configuration(Configuration(ELSEWHERE, "sk-tts-kept"))
    monkeypatch.setenv("TTSAI_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("TTSAI_API_KEY", "sk-tts-given")
    result = CliRunner().invoke(main, ["whoami"])
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: No answer from http://127.0.0.1:")


def test_configuration_file_that_cannot_be_read_is_one_clear_line() -> None:
    configuration_path().parent.mkdir()
    configuration_path().write_text("url =")
    result = CliRunner().invoke(main, ["whoami"])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {configuration_path()} cannot be read: ")
    assert "Run `ttsai login`" in result.stderr


def test_ctrl_c_at_the_hidden_question_for_the_key_is_an_interruption() -> None:
    terminal, its_end = pty.openpty()
    program = [sys.executable, "-c", "from ttsai.cli import main; main()", "login", "--url", ELSEWHERE]
    process = subprocess.Popen(program, stdin=its_end, stdout=its_end, stderr=its_end, start_new_session=True)
    os.close(its_end)
    shown = b""
    try:
        while b"API key" not in shown:
            shown += os.read(terminal, 1024)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        while b"Interrupted." not in shown:
            shown += os.read(terminal, 1024)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert b"Traceback" not in shown

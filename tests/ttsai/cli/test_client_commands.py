"""`ttsai say`, `ttsai voices`, `ttsai status` against the real web process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from apps.core.storage import get_storage
from apps.jobs.health import monitor
from apps.jobs.publishing import forget_broker_state
from tests.factories_jobs import AUDIO, announce
from tests.fresh_state import load_defaults
from tests.servers import free_port
from tests.speech.people import Person, person, working
from tests.web.shell import RunningShell, running_shell
from ttsai.cli import main


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[RunningShell]:
    settings.OBJECTS_FOLDER = str(tmp_path / "objects")
    (tmp_path / "objects").mkdir(exist_ok=True)
    get_storage.cache_clear()
    forget_broker_state()
    monitor.forget()
    load_defaults()
    announce()
    with running_shell() as shell:
        yield shell
    get_storage.cache_clear()


@pytest.fixture
def owner(server: RunningShell) -> Person:
    return person()


def run(server: RunningShell, *arguments: str, key: str = "", text: str | None = None) -> Result:
    return CliRunner().invoke(main, [*arguments, "--url", server.url, "--key", key], input=text)


def test_say_command_writes_the_audio_and_prints_its_cost(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    target = tmp_path / "out.wav"
    with working():
        result = run(server, "say", "Hello there.", "-o", str(target), "--voice", "am_adam", "--speed", "1.2", key=owner.key)
    assert (result.exit_code, result.stdout) == (0, f"{target}: 1.5 s of audio, 0.024 credits\n")
    assert target.read_bytes() == AUDIO


def test_say_reads_standard_input_and_answers_in_json(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    target = tmp_path / "out.mp3"
    with working():
        result = run(server, "say", "-", "-o", str(target), "--json", key=owner.key, text="Hello there.")
    shown = json.loads(result.stdout)
    assert {name: shown[name] for name in ("status", "format", "file", "bytes", "credits_used")} == {
        "status": "completed", "format": "mp3", "file": str(target), "bytes": len(AUDIO), "credits_used": 0.024,
    }  # fmt: skip


def test_say_needs_no_key_for_a_free_model(server: RunningShell, tmp_path: Path) -> None:
    with working():
        assert run(server, "say", "Hello.", "-o", str(tmp_path / "out.mp3")).exit_code == 0


def test_an_error_of_the_server_is_printed_as_one_line(server: RunningShell, owner: Person, tmp_path: Path) -> None:
    target = tmp_path / "out.mp3"
    result = run(server, "say", "Hello.", "-o", str(target), "--voice", "nobody", key=owner.key)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Unknown voice 'nobody'")
    assert "unknown_voice" in result.stderr
    assert not target.exists()


def test_no_server_is_one_line_too(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["voices", "--url", f"http://127.0.0.1:{free_port()}"])
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: No answer from")


def test_client_command_without_an_address_uses_the_running_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    result = CliRunner().invoke(main, ["voices"])
    assert result.exit_code == 1
    assert "make run" in result.stderr
    assert "--url" in result.stderr


def test_voices_lists_those_that_match(server: RunningShell) -> None:
    shown = json.loads(run(server, "voices", "--gender", "female", "--language", "en-gb", "--json").stdout)
    assert ([voice["id"] for voice in shown["voices"]], shown["total"]) == (["bf_emma"], 1)
    table = run(server, "voices", "--model", "kokoro").stdout
    assert "af_bella" in table
    assert "3 voices" in table


def test_status_command_prints_health_and_models(server: RunningShell) -> None:
    result = run(server, "status", "--json")
    shown = json.loads(result.stdout)
    assert result.exit_code == 0
    assert shown["health"]["status"] == "online"
    assert shown["models"] == [{"id": "kokoro", "tier": "standard", "available": True}]
    assert "kokoro" in run(server, "status").stdout

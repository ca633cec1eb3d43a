"""Programs of the platform, as production runs them in containers, and their environments."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ttsai.supervisor.home import ROOT, Home
from ttsai.supervisor.program import DEFAULT_STOP_SECONDS, Program
from workers.contract import names

WITHHELD_PREFIXES: Final = ("S3_", "AWS_", "STRIPE_", "DATABASE_", "REDIS_", "DJANGO_", "TTSAI_SECRET_")
"""Prefixes of variables that are withheld from engine workers, which hold no credentials except the broker's."""

CLOSING_SECONDS: Final = 7.0
"""Seconds that a program has to close threads and connections once it has given its work up; the web's threads take up to 5."""


@dataclass(frozen=True, slots=True)
class InstanceAddresses:
    """Addresses, data folders and server URLs of an instance."""

    home: Home
    host: str
    port: int
    database_url: str
    redis_url: str
    secret_key: str

    @property
    def address(self) -> str:
        """Host for connections from this machine, without brackets."""
        host = self.host.strip("[]")
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (read, not listened on)

    @property
    def url(self) -> str:
        """URL for use on this machine."""
        return f"http://{f'[{self.address}]' if ':' in self.address else self.address}:{self.port}"

    def variables(self) -> dict[str, str]:
        """Environment variables for the platform's programs and commands."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "TTSAI_SECRET_KEY": self.secret_key,
            "TTSAI_HOME": str(self.home.path),
            "TTSAI_OBJECTS": str(self.home.objects),
            "TTSAI_MODELS": str(self.home.models),
            "HOST": self.host,
            "PORT": str(self.port),
            "TTSAI_LOCAL_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "ttsai.settings",
        }


def prepare(place: InstanceAddresses) -> Program:
    return _platform(place, "prepare", "-m", "ttsai.supervisor.prepare")


def web(place: InstanceAddresses) -> Program:
    return _platform(place, "web", "-m", "ttsai.web", stage=4, stop_seconds=names.STOP_SECONDS + CLOSING_SECONDS)


def platform_workers(place: InstanceAddresses) -> list[Program]:
    """Celery workers of the platform: one for dispatching and reaping, one for everything else, which may be slow."""
    return [
        _celery_worker(place, "control", queue=names.CONTROL_QUEUE, threads=2),
        _celery_worker(place, "platform", queue=names.PLATFORM_QUEUE, threads=4),
    ]


def _celery_worker(place: InstanceAddresses, name: str, *, queue: str, threads: int) -> Program:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
    worker = ("worker", "-Q", queue, "-P", "threads", "-c", str(threads), "-n", f"{name}@%h", *quiet)
    # Its warning of root is about pickle; the platform's messages are JSON.
    celery = ("-W", "ignore:You're running the worker with superuser privileges", "-m", "celery", "-q", "-A", "ttsai.celery")
    return _platform(place, name, *celery, *worker, stage=2)


def beat(place: InstanceAddresses) -> Program:
    """Beat, which sends the periodic tasks, as a process of its own: a killed worker would leave an embedded one behind."""
    options = ("--pidfile", "", "--loglevel", "WARNING")
    return _platform(place, "beat", "-m", "celery", "-q", "-A", "ttsai.celery", "beat", *options, stage=4)


def engine_workers(place: InstanceAddresses) -> list[Program]:
    """One engine worker per device in TTSAI_DEVICES."""
    devices = [name.strip() for name in os.environ.get("TTSAI_DEVICES", "cpu").split(",") if name.strip()]
    return [_engine_worker(place, device) for device in devices]


def worker_environment(place: InstanceAddresses, device: str, *, inherited: Mapping[str, str]) -> dict[str, str]:
    """Environment of an engine worker: the broker and its folders, no credentials of the database or the object store."""
    kept = {name: value for name, value in inherited.items() if not name.startswith(WITHHELD_PREFIXES)}
    settings = {
        "TTSAI_BROKER_URL": place.redis_url,
        "TTSAI_HOME": str(place.home.path),
        "TTSAI_MODELS": str(place.home.models),
        "TTSAI_WORKER_NAME": f"local-{device}",
        "TTSAI_DEVICE": device,
        "TTSAI_PRELOAD": inherited.get("TTSAI_PRELOAD", "kokoro"),
        "PYTHONUNBUFFERED": "1",
    }
    if not inherited.get("S3_BUCKET"):
        settings["TTSAI_OBJECTS"] = str(place.home.objects)
    return {**kept, **settings}


def worker_stop_seconds(environment: Mapping[str, str]) -> float:
    """Seconds that a worker continues what it holds; the default for a value that is no number, with which no worker starts."""
    try:
        return float(environment.get("TTSAI_STOP_SECONDS") or names.STOP_SECONDS)
    except ValueError:
        return names.STOP_SECONDS


def _engine_worker(place: InstanceAddresses, device: str) -> Program:
    return Program(
        name="engine" if device == "cpu" else device,
        command=(sys.executable, "-m", "workers"),
        environment=worker_environment(place, device, inherited=os.environ),
        folder=ROOT,
        stop_seconds=worker_stop_seconds(os.environ) + CLOSING_SECONDS,
        stage=3,
    )


def _platform(place: InstanceAddresses, name: str, *arguments: str, stage: int = 0, stop_seconds: float = DEFAULT_STOP_SECONDS) -> Program:
    environment = {**os.environ, **place.variables(), "PYTHONUNBUFFERED": "1"}
    command = (sys.executable, *arguments)
    return Program(name=name, command=command, environment=environment, folder=ROOT, stop_seconds=stop_seconds, stage=stage)

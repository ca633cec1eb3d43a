"""Record of a running instance for other commands: run/instance.json, valid while the supervisor holds its lock."""

import json
import os
from dataclasses import asdict, dataclass

from ttsai.supervisor.home import Home, read_json, write_private


@dataclass(frozen=True, slots=True)
class Instance:
    pid: int
    url: str
    port: int
    database_url: str
    redis_url: str
    environment: dict[str, str]
    """Environment variables for a command that uses the platform's data."""


def write_instance(home: Home, *, url: str, port: int, environment: dict[str, str]) -> None:
    """Write the record of this process's instance."""
    instance = Instance(os.getpid(), url, port, environment["DATABASE_URL"], environment["REDIS_URL"], environment)
    write_private(home.instance, json.dumps(asdict(instance)) + "\n")


def find_instance(home: Home) -> Instance | None:
    """The instance running in this home, or None. Raises PermissionError if it belongs to another user."""
    if not home.instance.exists():
        return None
    lock = home.lock()
    if lock is not None:  # nobody holds it: the file is what a killed supervisor left
        lock.close()
        return None
    known = read_json(home.instance)
    return Instance(**known) if known else None

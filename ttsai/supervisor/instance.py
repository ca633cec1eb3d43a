"""Record of a running instance for other commands: run/instance.json, true while the supervisor holds its lock."""

import json
import os
from dataclasses import asdict, dataclass

from ttsai.supervisor.home import Home, read_json, write_private


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance."""

    pid: int
    url: str
    port: int
    database_url: str
    redis_url: str
    environment: dict[str, str]
    """Environment variables for a command that uses the platform's data."""


def write_instance(home: Home, *, url: str, port: int, environment: dict[str, str]) -> None:
    """Announces the instance of this process."""
    instance = Instance(os.getpid(), url, port, environment["DATABASE_URL"], environment["REDIS_URL"], environment)
    write_private(home.instance, json.dumps(asdict(instance)) + "\n")


def find_instance(home: Home) -> Instance | None:
    """The instance that runs in this home, None where none does. Raises PermissionError where it is another user's."""
    if not home.instance.exists():
        return None
    lock = home.lock()
    if lock is not None:  # nobody holds it: the file is what a killed supervisor left
        lock.close()
        return None
    known = read_json(home.instance)
    return Instance(**known) if known else None

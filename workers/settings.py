"""Settings of the worker, read from the environment."""

import os
import re
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workers.contract.names import STOP_SECONDS

DEFAULT_BROKER_URL = "redis://127.0.0.1:6379/0"
DEFAULT_MEMORY_SHARE = 0.6
"""Share of the machine's memory for models: the web process, Postgres and the page cache run on the same machine."""

DEFAULT_SENTENCE_CACHE_BYTES = 500_000_000
"""An hour and a half of speech."""


class SettingsError(Exception):
    """Invalid environment; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one worker. Weights are found by `workers.weights`, engines by `workers.registry`."""

    broker_url: str
    worker_name: str
    """Stable across restarts: the platform compares boots of one name."""
    device: str
    objects: Path | None
    """Shared folder below which addresses of kind `folder` lie; None without one."""
    scratch: Path
    """Folder for files that are written before they are uploaded."""
    preload: tuple[str, ...]
    cores: int
    """Compute threads for prompt work."""
    model_memory_bytes: int
    model_idle_seconds: float
    stop_seconds: float
    """Longest time that a stopping worker continues the work it holds."""
    log_format: str
    """`text` or `json`."""
    sentence_cache_bytes: int = DEFAULT_SENTENCE_CACHE_BYTES
    """Size of the cached sentences on the disk; 0 for none."""

    def file(self, kind: str) -> Path:
        return self.scratch / f"worker-{re.sub(r'[^A-Za-z0-9._-]', '_', self.worker_name)}.{kind}"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the TTSAI_* variables. Raises SettingsError naming the invalid variable."""
        device = environment.get("TTSAI_DEVICE") or "cpu"
        objects = environment.get("TTSAI_OBJECTS")
        home = environment.get("TTSAI_HOME")
        return cls(
            broker_url=_broker_url(environment),
            worker_name=environment.get("TTSAI_WORKER_NAME") or f"{socket.gethostname()}-{device}",
            device=device,
            objects=Path(objects).resolve() if objects else None,
            scratch=Path(home).resolve() / "tmp" if home else Path(tempfile.gettempdir()),
            preload=_names(environment, "TTSAI_PRELOAD"),
            cores=int(_number(environment, "TTSAI_WORKER_CORES", default=os.cpu_count() or 1, minimum=1)),
            model_memory_bytes=int(_number(environment, "TTSAI_MODEL_MEMORY_MB", default=_default_memory_megabytes(), minimum=1)) << 20,
            model_idle_seconds=_number(environment, "TTSAI_MODEL_IDLE_SECONDS", default=900, minimum=1),
            stop_seconds=_number(environment, "TTSAI_STOP_SECONDS", default=STOP_SECONDS, minimum=0),
            sentence_cache_bytes=int(_number(environment, "TTSAI_SENTENCE_CACHE_BYTES", default=DEFAULT_SENTENCE_CACHE_BYTES, minimum=0)),
            log_format=_choice(environment, "TTSAI_LOG_FORMAT", choices=("text", "json")),
        )


def _broker_url(environment: Mapping[str, str]) -> str:
    url = environment.get("TTSAI_BROKER_URL") or DEFAULT_BROKER_URL
    if not url.startswith(("redis://", "rediss://")):
        raise SettingsError("TTSAI_BROKER_URL must begin with redis:// or rediss://")
    return url


def _names(environment: Mapping[str, str], variable: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in environment.get(variable, "").split(",") if name.strip())


def _number(environment: Mapping[str, str], variable: str, *, default: float, minimum: float) -> float:
    text = environment.get(variable)
    try:
        value = float(text) if text else float(default)
    except ValueError:
        raise SettingsError(f"{variable} must be a number, not {text!r}") from None
    if not value >= minimum:  # written so that nan is refused too
        raise SettingsError(f"{variable} must be at least {minimum:g}, not {text}")
    return value


def _choice(environment: Mapping[str, str], variable: str, *, choices: tuple[str, ...]) -> str:
    value = environment.get(variable) or choices[0]
    if value not in choices:
        raise SettingsError(f"{variable} must be one of {', '.join(choices)}, not {value!r}")
    return value


def _default_memory_megabytes() -> int:
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(256, int(memory_bytes * DEFAULT_MEMORY_SHARE) >> 20)

"""Connections to Postgres, Valkey and the object store."""

import os
import secrets
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from ttsai.settings import environment

SECRET_KEY = environment.text("TTSAI_SECRET_KEY") or secrets.token_urlsafe(32)
"""Serving programs refuse to start without the variable (ttsai/required_secrets.py); commands use a random key."""

os.environ.setdefault("RES_OPTIONS", "timeout:2 attempts:2")
"""Read by the C library before this process's first DNS query: a name server that does not answer costs 4 s instead of 10, also for hosts
given by customers.
"""

DEBUG = False
ALLOWED_HOSTS = environment.names("TTSAI_ALLOWED_HOSTS", "*")
"""Host names that are answered, separated by commas."""

TTSAI_DATABASE_STATEMENT_SECONDS = environment.number("TTSAI_DATABASE_STATEMENT_SECONDS", 10)
"""Time limit of a statement in the database; a second later the client gives up on a database that does not answer. 0 sets no limits."""

CONNECT_SECONDS: Final = 3
LOCK_SECONDS: Final = 5
IDLE_TRANSACTION_SECONDS: Final = 30
"""Time limit of an idle transaction, so that a stopped process does not hold its locks for ever."""


def _database_options(statement_seconds: int) -> dict[str, Any]:
    limits = {
        "statement_timeout": f"{statement_seconds}s",
        "lock_timeout": f"{min(LOCK_SECONDS, statement_seconds)}s",
        "idle_in_transaction_session_timeout": f"{IDLE_TRANSACTION_SECONDS if statement_seconds else 0}s",
    }
    return {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "ttsai",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,  # milliseconds that sent data may stay unacknowledged
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "statement_seconds": statement_seconds,
    }


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "apps.core.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,  # threads are persistent (ttsai/web), so are their connections
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": _database_options(TTSAI_DATABASE_STATEMENT_SECONDS),
    }


DATABASES = {"default": _database(environment.text("DATABASE_URL", "postgresql://ttsai@127.0.0.1:5432/ttsai"))}
"""Address of Postgres."""
REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")
"""Address of Valkey or Redis: queues, live events, limits."""

OBJECTS_FOLDER = environment.text("TTSAI_OBJECTS", str(environment.HOME / "objects"))
"""Folder of results and recordings, unless there is a bucket."""
S3_ENDPOINT_URL = environment.text("S3_ENDPOINT_URL")
S3_PUBLIC_ENDPOINT_URL = environment.text("S3_PUBLIC_ENDPOINT_URL", S3_ENDPOINT_URL)
S3_BUCKET = environment.text("S3_BUCKET")
S3_ACCESS_KEY_ID = environment.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = environment.text("S3_SECRET_ACCESS_KEY")
S3_REGION = environment.text("S3_REGION", "us-east-1")
"""The S3 bucket in place of the folder; S3_PUBLIC_ENDPOINT_URL is the address that clients and workers reach it by."""
S3_ADDRESSING_STYLE = environment.text("S3_ADDRESSING_STYLE", "path" if S3_ENDPOINT_URL else "auto")
"""path, virtual or auto: most servers other than Amazon's have no host name per bucket."""

CELERY_BROKER_URL = REDIS_URL

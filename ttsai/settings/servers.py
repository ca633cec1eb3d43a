"""Where the servers are: Postgres, Valkey, the object store."""

import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

from ttsai.settings import environment

SECRET_KEY = environment.text("TTSAI_SECRET_KEY") or secrets.token_urlsafe(32)
"""Serving programs refuse to start without the variable (ttsai/required_secrets.py); commands get a key of their own that nobody knows."""

DEBUG = False
ALLOWED_HOSTS = environment.names("TTSAI_ALLOWED_HOSTS", "*")


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,  # threads are persistent (ttsai/web), so are their connections
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "ttsai"},
    }


DATABASES = {"default": _database(environment.text("DATABASE_URL", "postgresql://ttsai@127.0.0.1:5432/ttsai"))}
REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")

OBJECTS_FOLDER = environment.text("TTSAI_OBJECTS", str(environment.HOME / "objects"))
S3_ENDPOINT_URL = environment.text("S3_ENDPOINT_URL")
S3_PUBLIC_ENDPOINT_URL = environment.text("S3_PUBLIC_ENDPOINT_URL", S3_ENDPOINT_URL)
S3_BUCKET = environment.text("S3_BUCKET")
S3_ACCESS_KEY_ID = environment.text("S3_ACCESS_KEY_ID")
S3_SECRET_ACCESS_KEY = environment.text("S3_SECRET_ACCESS_KEY")
S3_REGION = environment.text("S3_REGION", "us-east-1")
S3_ADDRESSING_STYLE = environment.text("S3_ADDRESSING_STYLE", "path" if S3_ENDPOINT_URL else "auto")
"""path, virtual or auto: most servers that are not Amazon's have no name for each bucket."""

CELERY_BROKER_URL = REDIS_URL

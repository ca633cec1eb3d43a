"""Missing and published secrets keep the platform's programs from starting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ttsai.required_secrets import InsecureSecretError, require_secrets

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD_KEY = "0123456789abcdef" * 4
CELERY = ("-m", "celery", "-A", "ttsai.celery")


def refusal_of(**environment: str) -> str:
    try:
        require_secrets({"TTSAI_SECRET_KEY": GOOD_KEY, **environment})
    except InsecureSecretError as refused:
        return str(refused)
    return ""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program without any reachable server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TTSAI_SECRET", "DATABASE_", "REDIS_", "S3_"))}
    servers = {"DATABASE_URL": "postgresql://ttsai@127.0.0.1:1/ttsai", "REDIS_URL": "redis://127.0.0.1:1/0"}
    inherited["DJANGO_SETTINGS_MODULE"] = "ttsai.settings"
    return subprocess.run(
        [sys.executable, *arguments],
        env={**inherited, **servers, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_require_secrets_accepts_generated_secrets_and_servers_without_passwords() -> None:
    assert refusal_of() == ""
    assert refusal_of(DATABASE_URL="postgresql://ttsai@db/ttsai", REDIS_URL="redis://broker/0", S3_SECRET_ACCESS_KEY="") == ""
    assert (
        refusal_of(DATABASE_URL="postgresql://ttsai:2f9c1d@db/ttsai", REDIS_URL="redis://:77ab@broker", S3_SECRET_ACCESS_KEY="q7hd") == ""
    )


def test_require_secrets_without_a_secret_key_names_the_variable_and_a_command() -> None:
    assert refusal_of(TTSAI_SECRET_KEY="") == (
        "TTSAI_SECRET_KEY is not set. It signs sessions and upload URLs. "
        "Make one with `openssl rand -hex 32` and give every program of the platform the same value."
    )


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("only-for-commands-that-touch-no-data", "is a published example"),
        ("a-key-that-signs-nothing-but-the-sessions-of-tests", "is a published example"),
        ("django-insecure-0123456789abcdefghijklmnopqrstuvwxyz", "is a published example"),
        ("ChangeMe", "is a published example"),
        ("…", "is a published example"),
        (GOOD_KEY[:31], "is too weak"),
        ("x" * 64, "is too weak"),
    ],
)
def test_require_secrets_with_a_weak_secret_key_is_refused(key: str, reason: str) -> None:
    refused = refusal_of(TTSAI_SECRET_KEY=key)
    assert refused.startswith(f"TTSAI_SECRET_KEY {reason}")
    assert "openssl rand -hex 32" in refused


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://ttsai:ttsai@db/ttsai"),
        ("DATABASE_URL", "postgresql://postgres:Postgres@db:5432/ttsai"),
        ("DATABASE_URL", "postgresql://ttsai:change%2Dme@db/ttsai"),
        ("REDIS_URL", "redis://:redis@broker:6379/0"),
        ("S3_SECRET_ACCESS_KEY", "minioadmin"),
        ("S3_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ],
)
def test_require_secrets_with_a_published_password_names_the_variable_only(name: str, value: str) -> None:
    refused = refusal_of(**{name: value})
    assert refused.startswith((name, f"The password in {name}"))
    assert value not in refused


@pytest.mark.parametrize(
    "arguments",
    [("-m", "ttsai.web"), ("-m", "ttsai.supervisor.prepare"), (*CELERY, "worker", "-P", "threads"), (*CELERY, "beat", "--schedule", "")],
    ids=["web", "prepare", "worker", "beat"],
)
def test_a_serving_program_without_a_secret_key_exits_with_one_line(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: TTSAI_SECRET_KEY is not set.")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"),
        pytest.param(("manage.py", "write_schema", "--check"), marks=pytest.mark.prove),  # `make check` runs it without a secret too
    ],
    ids=["makemigrations", "write_schema"],
)
def test_a_command_that_touches_no_data_needs_no_secret(arguments: tuple[str, ...]) -> None:
    done = run("-W", "ignore:Got an error checking", *arguments)
    assert (done.returncode, done.stderr) == (0, "")

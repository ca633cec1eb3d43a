"""Secrets that a serving program needs, checked before it starts: missing, published or short ones are refused."""

import os
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

SHORTEST_SECRET_KEY: Final = 32
FEWEST_DISTINCT_CHARACTERS: Final = 8
MAKE_SECRET: Final = "openssl rand -hex 32"  # noqa: S105 - a command

PUBLISHED: Final = frozenset(
    """
    123456 12345678 admin changeme change-me change_me changeit default dev development example guest letmein minio minio123 minioadmin
    only-for-commands-that-touch-no-data a-key-that-signs-nothing-but-the-sessions-of-tests passw0rd password postgres postgresql redis
    root rustfsadmin s3cret secret secretkey test tests ttsai user valkey xxx your-password your-secret-key yoursecretkey … ... <secret>
    wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY wJalrXUtnFEMI/bPxRfiCYEXAMPLEKEY
    """.casefold().split()
)
"""Image defaults, documentation examples and placeholders, in lower case."""

PASSWORDS_IN_URLS: Final = ("DATABASE_URL", "REDIS_URL")
PLAIN_SECRETS: Final = ("S3_SECRET_ACCESS_KEY",)


class InsecureSecretError(Exception):
    """Publicly known secret. The message names the variable and how to generate a good value, and never shows the secret."""


def require_secrets(environment: Mapping[str, str]) -> None:
    """Raise InsecureSecretError for a missing or weak TTSAI_SECRET_KEY, and for published passwords of the database, broker and store.

    A server URL without a password is accepted: the server may trust its network or use certificates.
    """
    _check_secret_key(environment.get("TTSAI_SECRET_KEY", ""))
    for name in PASSWORDS_IN_URLS:
        password = _password_of(environment.get(name, ""))
        if password and is_published(password):
            raise InsecureSecretError(_published(f"The password in {name}"))
    for name in PLAIN_SECRETS:
        if environment.get(name) and is_published(environment[name]):
            raise InsecureSecretError(_published(name))


def exit_without_secrets() -> None:
    """Exit with a message on standard error if the environment has insecure secrets."""
    try:
        require_secrets(os.environ)
    except InsecureSecretError as error:
        sys.exit(f"Error: {error}")


def is_published(secret: str) -> bool:
    """True for published defaults, examples and placeholders."""
    folded = secret.strip().casefold()
    return folded in PUBLISHED or folded.startswith(("django-insecure-", "change-me", "changeme", "replace-me"))


def _check_secret_key(key: str) -> None:
    make = f"Make one with `{MAKE_SECRET}` and give every program of the platform the same value."
    if not key:
        raise InsecureSecretError(f"TTSAI_SECRET_KEY is not set. It signs sessions and upload URLs. {make}")
    if is_published(key):
        raise InsecureSecretError(f"TTSAI_SECRET_KEY is a published example. {make}")
    if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < FEWEST_DISTINCT_CHARACTERS:
        raise InsecureSecretError(
            f"TTSAI_SECRET_KEY is too weak: it needs at least {SHORTEST_SECRET_KEY} characters, {FEWEST_DISTINCT_CHARACTERS} of them "
            f"distinct. {make}"
        )


def _password_of(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:  # not an address; whoever connects to it says so
        return ""


def _published(what: str) -> str:
    return f"{what} is a published default or example. Make another with `{MAKE_SECRET}` and set it on the server too."
